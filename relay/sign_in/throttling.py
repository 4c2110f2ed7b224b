"""How many wrong passwords and codes there may be, where from, and how slow what is beyond becomes.

The counting is in relay/limits/rate_limiter.py. What the organisation's networks may do is in network_policy.py.
"""

from relay.limits.rate_limiter import Limit, neighbourhood_of

PASSWORDS = {"device": Limit(10, 600), "account": Limit(10, 600), "address": Limit(30, 600, neighbourhood_of)}
"""Wrong passwords: on a device on which this person has signed in before, whatever happens elsewhere; else for an
account, which gets slow beyond, and from one address, which is refused beyond.
"""
SLOW_SECONDS = 5.0
"""Beyond what an account has, one password is looked at in so much time: at most 17,280 a day from everywhere together,
and its owner comes in on a new device too.
"""
SLOW_PLACES = 6
"""So many wait for that, each network in a line of its own: half a minute at most."""
SLOW_SHARDS = 256
CODES = {
    "proposal": Limit(10, 600),
    "known": Limit(10, 600),
    "known_day": Limit(100, 86_400),
    "network": Limit(10, 600),
    "network_day": Limit(30, 86_400),
    "person_day": Limit(300, 86_400),
    "recovery": Limit(10, 600),
}
"""Wrong codes. Who is known (by a sign-in, or a device that signed in before) has tries of their own, so a stranger who
has the password cannot use them up. A stranger has those of their network and of the day. A guess is right with 3 in
10⁶ (three codes count at any time), so a thief of the password gets past the second step with at most 300 × 3 · 10⁻⁶ =
0.09 % a day from everywhere together, and 0.03 % a day at a device or sign-in that they hold too. Recovery codes have
59 bits: nobody guesses one, so they are limited by address only, and let their owner in whatever strangers do.
"""
