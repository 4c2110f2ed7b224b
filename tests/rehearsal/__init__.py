"""`make run`: a whole Deskside on this machine, with a customer who plays along."""
