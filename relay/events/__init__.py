"""What has happened, kept for good: one table that is only added to, its kinds declared once."""
