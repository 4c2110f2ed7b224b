"""How a display is cut into tiles. A tile is the smallest area that changes are looked for and written in."""

from dataclasses import dataclass

TILE = 16
Lines = tuple[int, int]
"""Lines of pixels: the first, and the first after them."""
Box = tuple[int, int, int, int]
"""Top, left, bottom, right, in pixels or in tiles; bottom and right lie outside."""
MAX_SIDE = 16_384
MAX_PIXELS = 7680 * 4320


@dataclass(frozen=True)
class Grid:
    """The tiles of a `width` × `height` picture, row by row; the last column and row may reach beyond its edge."""

    width: int
    height: int

    def __post_init__(self) -> None:
        if not (0 < self.width <= MAX_SIDE and 0 < self.height <= MAX_SIDE):
            raise ValueError(f"a picture of {self.width}×{self.height} pixels is outside 1 to {MAX_SIDE}")
        if self.width * self.height > MAX_PIXELS:
            raise ValueError(f"a picture of {self.width}×{self.height} has more than {MAX_PIXELS} pixels")

    @property
    def columns(self) -> int:
        """Tiles in a row."""
        return -(-self.width // TILE)

    @property
    def rows(self) -> int:
        """Tiles in a column."""
        return -(-self.height // TILE)

    def whole(self, lines: Lines) -> Lines:
        """Return the lines of all tiles that these lines touch."""
        return lines[0] // TILE * TILE, min(-(-lines[1] // TILE) * TILE, self.height)

    @property
    def tiles(self) -> int:
        """All tiles."""
        return self.columns * self.rows

    @property
    def padded(self) -> tuple[int, int]:
        """Height and width of the smallest picture made of whole tiles."""
        return self.rows * TILE, self.columns * TILE


def within(box: Box) -> tuple[slice, slice]:
    """Return the index of a box in an array."""
    return slice(box[0], box[2]), slice(box[1], box[3])


def covering(box: Box) -> Box:
    """Return the tiles that a box of pixels touches."""
    return box[0] // TILE, box[1] // TILE, -(-box[2] // TILE), -(-box[3] // TILE)
