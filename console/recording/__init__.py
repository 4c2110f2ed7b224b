"""Recordings on the technician's computer: files, the thread that writes them, and the commands that care for them."""
