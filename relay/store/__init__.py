"""The relay's database: opened safely, brought to the present version, used in short transactions."""
