"""What the relay needs of the computer it runs on."""
