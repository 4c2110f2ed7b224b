"""Recordings: pictures, the session and its proof, as files that survive. Pure: bytes in, bytes out, time is given."""
