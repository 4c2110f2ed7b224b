"""The pictures in docs/shots: every page and window, taken from running programs."""
