"""Applets and consoles at the relay: their sockets, who hears what, permits, tunnel, STUN and ICE."""
