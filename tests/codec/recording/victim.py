"""A program that records until it is killed, in a time of its own that runs as fast as it can."""

from multiprocessing.connection import Connection
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from codec.picture.encoder import Encoder
from codec.recording.formats import FormatName
from codec.recording.journal import Began, Speaker
from codec.wire.messages import Chat, Picture
from console.recording.start import Signing, start
from tests.codec.recording.pictures import noise

BEGAN = Began(42, 1_790_000_000_000, "Anna de Vries", "Hélène/Fournier: ../x")
KEY = Ed25519PrivateKey.from_private_bytes(bytes(32))
STEP = 20_000


def record(folder: Path, progress: Connection) -> None:
    """Record a new picture every 20 ms; tell the time after each."""
    now = [0]
    signing = Signing({"console": KEY.public_key().public_bytes_raw()}, {"console": KEY.sign})
    running = start(folder, BEGAN, FormatName.RASC, signing, lambda: now[0])
    encoder, frame = Encoder(64, 48), noise(64, 48)
    while True:
        number = now[0] // STEP
        frame[number % 48, :, number % 3] = number % 256
        packet = encoder.encode(frame)
        if packet is not None:
            running.recorder.take(Speaker.APPLET, Picture(0, number, packet), now[0])
        if number % 10 == 0:
            running.recorder.take(Speaker.CONSOLE, Chat(number, "still there", 0), now[0])
        running.recorder.tick(now[0])
        progress.send(now[0])
        now[0] += STEP
