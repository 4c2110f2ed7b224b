"""How the help program reaches the customer's computer: one file that brings what it needs."""
