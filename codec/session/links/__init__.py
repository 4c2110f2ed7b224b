"""The two links, direct and relayed, and the connection that runs a session over them.

This folder is the one exception to codec's rule of no sockets: both ends need exactly the same links, and two copies
would drift apart. Every decision stays in codec/session/path_manager.py and codec/session/stream.py; here bytes are
only moved.
"""
