"""This computer's clipboard, without waiting for the program that holds it."""
