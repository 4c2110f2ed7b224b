"""Measurements, side by side with a baseline in the same run. Outside CI: `python -m tests.perf`."""
