"""What the operator of the relay can set, declared once: read from file, environment and command line."""
