"""Work that goes on beside all requests."""
