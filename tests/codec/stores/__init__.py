"""Places for recordings, each held against a real server."""
