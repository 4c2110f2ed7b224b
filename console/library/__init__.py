"""The recordings on this computer: which there are, what is known of them, and what can be done with them."""
