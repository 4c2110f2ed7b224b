"""What is written roughly now, and what of the debts is paid: the decisions that an allowance asks for.

Text is always exact. Photographs and smooth areas are exact while the packet stays within its allowance, else all of
them are rough, as fine as fits. What is left of an allowance pays debts that are quiet, in the order of the picture.
Where everything that is owed would take the line longer than a second, it is made finer first: a tenth of the bytes,
and hardly to be told from the exact picture.
"""

import numpy as np

from codec.allowance import Allowance
from codec.costs import STEPS, Costs
from codec.debt import Debt
from codec.diff import Flags
from codec.geometry import Grid
from codec.scene import Scene
from codec.tiles import ROUGH, kinds_of, may_be_rough
from codec.update import Update

FINER_SECONDS = 1.0
MIN_PAID = 4
"""A packet with nothing else pays so many tiles, however little the line is said to take."""


class Economy:
    """Keeps the debts and the expectations of one encoder."""

    def __init__(self, grid: Grid) -> None:
        self.debt = Debt(grid)
        self.costs = Costs()

    def spend(self, update: Update, scene: Scene, allowance: Allowance, but: Flags, spent: int) -> int:
        """Decide what of `update` is rough and add what is paid; return the step of the rough tiles, 0 for none.

        No debt is paid in `but`, where a film plays; `spent` is what its packet took.
        """
        left = allowance.bytes - spent
        step = self._roughen(update, left)
        self.debt.touch(update.flags, allowance.now)
        self._settle(update, step, allowance.now)
        if step == 0 and self.debt:
            alone = spent == 0 and len(update) == 0
            left -= int(self.costs.of(update.kinds))
            step = self._pay(update, scene, allowance, but, left, least=MIN_PAID if alone else 0)
        return step

    def pay_everything(self, update: Update, scene: Scene) -> None:
        """Add all that is owed, exactly."""
        self.debt.pay(update.flags)
        if self.debt:
            owed = self.debt.steps > 0
            tiles = scene.tiles(owed)
            update.add(owed, tiles, kinds_of(tiles))
            self.debt.pay(owed)

    def _roughen(self, update: Update, left: float) -> int:
        if self.costs.of(update.kinds) <= left:
            return 0
        photographs = may_be_rough(update.tiles, update.kinds)
        count = int(np.count_nonzero(photographs))
        if count == 0:
            return 0
        step = self.costs.step_for(count, left - self.costs.of(update.kinds[~photographs]))
        update.kinds[photographs] = ROUGH
        return step

    def _settle(self, update: Update, step: int, now: float) -> None:
        self.debt.pay(update.flags)
        if step:
            rough = np.zeros_like(update.flags)
            rough[update.flags] = update.kinds == ROUGH
            self.debt.owe(rough, step, now)

    def _pay(self, update: Update, scene: Scene, allowance: Allowance, but: Flags, left: float, least: int) -> int:
        """Add quiet debts, as many as fit and `least` in any case; return the step with which they are written."""
        quiet = self.debt.quiet(allowance.now, but) & ~update.flags
        owed = int(np.count_nonzero(self.debt.steps))
        coarse = quiet & (self.debt.steps > STEPS[0])
        is_long = owed * self.costs.exact_photo() > FINER_SECONDS * allowance.bytes_per_second
        if is_long and coarse.any():
            chosen = _first(coarse, max(int(left / self.costs.rough_tile(STEPS[0])), least))
            tiles = scene.tiles(chosen)
            kinds = kinds_of(tiles)
            kinds[may_be_rough(tiles, kinds)] = ROUGH
            update.add(chosen, tiles, kinds)
            self._settle(update, STEPS[0], allowance.now)
            return STEPS[0]
        chosen = _first(quiet, max(int(left / self.costs.exact_photo()), least))
        tiles = scene.tiles(chosen)
        update.add(chosen, tiles, kinds_of(tiles))
        self.debt.pay(chosen)
        return 0


def _first(flags: Flags, count: int) -> Flags:
    """Return the first `count` of the tiles."""
    chosen = np.zeros_like(flags)
    chosen.flat[np.flatnonzero(flags)[: max(count, 0)]] = True
    return chosen
