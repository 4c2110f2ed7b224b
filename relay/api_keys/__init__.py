"""Keys with which other programs use the API: what they open, how long, and who answers for them."""
