"""The only server: pairs applet and console, carries sealed bytes, runs the support desk."""
