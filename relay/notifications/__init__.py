"""Mails that tell administrators of events of accounts."""
