"""The surveys at the end of a session: what customers and technicians are asked, and what they answered."""
