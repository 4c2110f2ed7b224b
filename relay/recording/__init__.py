"""What an organisation wants of recordings. The relay sees none."""
