"""The customer's agent: shows and shares the desktop, and only with consent."""
