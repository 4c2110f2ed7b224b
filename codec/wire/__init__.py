"""What travels and what is signed: session messages, signals, the API's types, permits. Nothing here acts."""
