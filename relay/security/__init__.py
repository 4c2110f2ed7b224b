"""What guards the accounts: policies for all, addresses, the second step of signing in, keys of programs."""
