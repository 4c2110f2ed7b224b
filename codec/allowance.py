"""What the line takes now, as the encoder hears it from the pacing. Without one, everything is exact at once."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Allowance:
    """The means for one picture."""

    now: float
    """Seconds of any steady clock."""
    bytes: int
    """About so many may be written now. Text is written exactly whatever it takes."""
    bytes_per_second: float
    """What the line carries in the long run."""
    films: bool = False
    """Whether the viewer can decode films."""
