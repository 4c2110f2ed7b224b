"""The JSON API: every call declared once, by a decorated method, and the document that follows from them."""
