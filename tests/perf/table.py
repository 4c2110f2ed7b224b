"""One measured row, and how rows are printed and kept."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from math import isfinite


@dataclass(frozen=True)
class Row:
    """One figure. `bar` is the worst that is accepted, `goal` what we want; with a baseline they are ratios to it."""

    what: str
    value: float
    unit: str
    bar: float | None
    baseline: float | None = None
    baseline_name: str = ""
    more_is_better: bool = False
    note: str = ""
    goal: float | None = None

    @property
    def compared(self) -> float:
        """What the bar is held against: the value, or its ratio to the baseline."""
        return self.value if self.baseline is None else self.value / self.baseline

    @property
    def passes(self) -> bool:
        """Whether the bar is met; where there is none, it is."""
        return self._meets(self.bar)

    @property
    def reaches(self) -> bool:
        """Whether the goal is met too; where there is none, it is."""
        return self._meets(self.goal)

    def as_dict(self) -> dict[str, object]:
        """Everything about the row, for a file."""
        known = {"value": _known(self.value), "compared": _known(self.compared)}
        return asdict(self) | known | {"passes": self.passes, "reaches": self.reaches}

    def _meets(self, limit: float | None) -> bool:
        if limit is None:
            return True
        return self.compared >= limit if self.more_is_better else self.compared <= limit


def _known(figure: float) -> float | None:
    """Return the figure, None for an infinite one: JSON knows none."""
    return figure if isfinite(figure) else None


def as_text(rows: Iterable[Row]) -> str:
    """Return the rows as a table."""
    head = f"{'what':<52} {'measured':>14} {'baseline':>34} {'ratio':>7} {'bar':>18} {'goal':>18}"
    return "\n".join([head, *(_line(row) for row in rows)])


def _line(row: Row) -> str:
    baseline = "" if row.baseline is None else f"{row.baseline_name} {row.baseline:,.2f} {row.unit}"
    ratio = "" if row.baseline is None else f"{row.compared:.2f}"
    measured = f"{row.value:,.2f} {row.unit}"
    bar, goal = _verdict(row, row.bar, row.passes), _verdict(row, row.goal, row.reaches)
    line = f"{row.what:<52} {measured:>14} {baseline:>34} {ratio:>7} {bar:>18} {goal:>18}"
    return line + (f"  ({row.note})" if row.note else "")


def _verdict(row: Row, limit: float | None, met: bool) -> str:
    if limit is None:
        return ""
    unit = f" {row.unit}" if row.baseline is None else ""
    return f"{'≥' if row.more_is_better else '≤'} {limit:g}{unit} {'met' if met else 'MISSED'}"
