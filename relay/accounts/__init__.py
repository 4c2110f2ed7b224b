"""People, their passwords and sign-ins, and the first set-up."""
