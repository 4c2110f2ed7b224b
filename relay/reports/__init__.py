"""Reports: each declared once; what all share (periods, units, formats) is written once."""
