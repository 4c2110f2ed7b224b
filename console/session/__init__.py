"""The technician's side of a session: invitations, the customer's program, and what the page may see of it."""
