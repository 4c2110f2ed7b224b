"""One session between two ends: handshake, seal, stream, paths. Pure, but for `links`."""
