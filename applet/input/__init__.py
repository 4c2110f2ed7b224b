"""Pointer and keyboard: what a technician does arrives as if done by hand, and gives way to the customer's own hand."""
