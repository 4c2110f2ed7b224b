"""Predefined replies and addresses of the technicians who work on this computer."""
