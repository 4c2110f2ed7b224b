"""What of a picture is written lossy now, and which lossy tiles are made exact: the decisions that a budget asks for.

Text is always exact. Photographs and smooth areas are exact while the packet stays within its budget, else all of
them are lossy, as fine as fits. What is left of a budget makes quiet lossy tiles exact, in the order of the picture.
Where all of them would take the line longer than a second, they are made finer first: a tenth of the bytes, and hard
to tell from the exact picture.
"""

import numpy as np

from codec.picture.diff import Flags
from codec.picture.geometry import Grid
from codec.picture.rate.cost_model import STEPS, CostModel
from codec.picture.rate.picture_budget import PictureBudget
from codec.picture.rate.refinement import Refinement
from codec.picture.reference import Reference
from codec.picture.tile_classification import kinds_of, may_be_lossy
from codec.picture.tiles import LOSSY
from codec.picture.update import Update

FINER_SECONDS = 1.0
MIN_REFINED = 4
"""A packet with nothing else makes so many tiles exact, however little the line is said to take."""


class RateControl:
    """Decides for one encoder."""

    def __init__(self, grid: Grid) -> None:
        self.refinement = Refinement(grid)
        self.cost_model = CostModel()

    def apply_budget(self, update: Update, reference: Reference, budget: PictureBudget, but: Flags, spent: int) -> int:
        """Decide what of `update` is lossy and add what is made exact; return the step of the lossy tiles, 0 for none.

        Nothing is refined in `but`, where a video plays; `spent` is how many bytes its packet took.
        """
        left = budget.bytes - spent
        step = self._make_lossy(update, left)
        self.refinement.touch(update.flags, budget.now)
        self._settle(update, step, budget.now)
        if step == 0 and self.refinement:
            alone = spent == 0 and len(update) == 0
            left -= int(self.cost_model.of(update.kinds))
            step = self._refine(update, reference, budget, but, left, least=MIN_REFINED if alone else 0)
        return step

    def refine_everything(self, update: Update, reference: Reference) -> None:
        """Add every lossy tile, exactly."""
        self.refinement.mark_exact(update.flags)
        if self.refinement:
            lossy = self.refinement.steps > 0
            tiles = reference.tiles(lossy)
            update.add(lossy, tiles, kinds_of(tiles))
            self.refinement.mark_exact(lossy)

    def _make_lossy(self, update: Update, left: float) -> int:
        if self.cost_model.of(update.kinds) <= left:
            return 0
        photographs = may_be_lossy(update.tiles, update.kinds)
        count = int(np.count_nonzero(photographs))
        if count == 0:
            return 0
        step = self.cost_model.step_for(count, left - self.cost_model.of(update.kinds[~photographs]))
        update.kinds[photographs] = LOSSY
        return step

    def _settle(self, update: Update, step: int, now: float) -> None:
        self.refinement.mark_exact(update.flags)
        if step:
            marked = np.zeros_like(update.flags)
            marked[update.flags] = update.kinds == LOSSY
            self.refinement.mark_lossy(marked, step, now)

    def _refine(
        self, update: Update, reference: Reference, budget: PictureBudget, but: Flags, left: float, least: int
    ) -> int:
        """Add quiet lossy tiles, as many as fit and `least` in any case; return the step they are written with."""
        quiet = self.refinement.quiet(budget.now, but) & ~update.flags
        lossy = int(np.count_nonzero(self.refinement.steps))
        coarse = quiet & (self.refinement.steps > STEPS[0])
        is_long = lossy * self.cost_model.exact_photo() > FINER_SECONDS * budget.bytes_per_second
        if is_long and coarse.any():
            chosen = _first(coarse, max(int(left / self.cost_model.lossy_tile(STEPS[0])), least))
            tiles = reference.tiles(chosen)
            kinds = kinds_of(tiles)
            kinds[may_be_lossy(tiles, kinds)] = LOSSY
            update.add(chosen, tiles, kinds)
            self._settle(update, STEPS[0], budget.now)
            return STEPS[0]
        chosen = _first(quiet, max(int(left / self.cost_model.exact_photo()), least))
        tiles = reference.tiles(chosen)
        update.add(chosen, tiles, kinds_of(tiles))
        self.refinement.mark_exact(chosen)
        return 0


def _first(flags: Flags, count: int) -> Flags:
    """Return the first `count` of the tiles."""
    chosen = np.zeros_like(flags)
    chosen.flat[np.flatnonzero(flags)[: max(count, 0)]] = True
    return chosen
