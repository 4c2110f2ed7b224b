"""Passwords as a relay keeps them, hashed in no time: most tests are not about how long that takes."""

from argon2 import PasswordHasher

from relay.credentials.password_hashing import Passwords


def quick_hasher() -> PasswordHasher:
    """Return what hashes with the least that argon2 can do."""
    return PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)


def quick_passwords() -> Passwords:
    """Return what hashes and verifies. Close it in the end."""
    return Passwords(quick_hasher())
