"""What one picture may take of the line now, as pacing tells the encoder. Without one, everything is exact at once."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Budget:
    """The bytes of one picture."""

    now: float
    """Seconds of any steady clock."""
    bytes: int
    """About so many may be written now. Text is written exactly whatever it takes."""
    bytes_per_second: float
    """What the line carries in the long run."""
    films: bool = False
    """Whether the viewer can decode videos (VP9)."""
