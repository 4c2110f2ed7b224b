"""What the operator of a relay does with it: its data folder, backups, ways back in."""
