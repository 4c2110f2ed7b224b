"""What holds for every test."""

import os
import tempfile

from hypothesis import settings

# What the programs remember between two starts (codes, known relays, recordings) must not go from one run to the next.
_remembered = tempfile.TemporaryDirectory(prefix="deskside-tests-")
for _name in ("XDG_STATE_HOME", "XDG_DATA_HOME", "XDG_CONFIG_HOME"):
    os.environ[_name] = _remembered.name

# A suite that decides whether a change lands must give the same answer twice, on a slow machine too. To look for new
# cases, set DESKSIDE_EXPLORE=1; what that finds becomes an example of its test.
settings.register_profile("decide", derandomize=True, deadline=None)
settings.register_profile("explore", deadline=None)
settings.load_profile("explore" if os.environ.get("DESKSIDE_EXPLORE") else "decide")
