"""The technician's program: an engine on this computer and the page that it serves."""
