"""The help programs that customers download: which there are, and whose signature they carry."""
