"""What every program needs of the computer it runs on: terminal, log, private files, locks."""
