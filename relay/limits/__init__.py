"""How often something may go wrong, and how much is done at once."""
