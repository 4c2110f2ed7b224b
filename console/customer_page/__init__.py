"""Whether the relay serves customers the page that was released with this console."""
