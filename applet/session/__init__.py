"""The customer's side of a session: the code, the relay, the technician's program, and what the customer allows."""
