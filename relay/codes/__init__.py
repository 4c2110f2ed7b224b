"""PINs and links: how customer and technician find each other."""
