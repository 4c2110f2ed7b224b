"""How much of a picture is written now, exactly or lossy, for the line that there is. Pure."""
