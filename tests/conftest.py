"""What holds for every test."""

import os

from hypothesis import settings

# A suite that decides whether a change lands must give the same answer twice, on a slow machine too. To look for new
# cases, set DESKSIDE_EXPLORE=1; what that finds becomes an example of its test.
settings.register_profile("decide", derandomize=True, deadline=None)
settings.register_profile("explore", deadline=None)
settings.load_profile("explore" if os.environ.get("DESKSIDE_EXPLORE") else "decide")
