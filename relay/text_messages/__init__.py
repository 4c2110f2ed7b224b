"""Text messages: how long they are, and the gateway of the relay's operator that takes them."""
