"""Mails: written down with what they are about, sent when they can be."""
