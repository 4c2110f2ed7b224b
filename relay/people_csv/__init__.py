"""People as a table: everybody in one file, and a file of people brought in as a whole or not at all."""
