"""What technicians and administrators type: the command line."""
