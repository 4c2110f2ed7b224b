"""The page's messages, the server on this computer that it comes from, and who may open it."""
