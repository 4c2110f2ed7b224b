"""What the members of technician groups may do."""
