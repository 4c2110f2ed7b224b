"""How customer and technician find each other: codes, sockets, tunnel, STUN, the customer's pages."""
