"""Packs Deskside for others: a wheel, a Debian package, and a root of Debian in which the latter is tried."""
