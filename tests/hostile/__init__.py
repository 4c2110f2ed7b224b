"""A hostile relay against both ends' handshake: it swaps, searches, replays, delays, and starts again."""
