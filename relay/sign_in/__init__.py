"""Signing in, step by step; what the organisation demands of it, and whether it may go on."""
