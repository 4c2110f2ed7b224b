"""The places where recordings go: one interface, a file for each kind of place."""
