"""One measured row, and how rows are printed and kept."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass


@dataclass(frozen=True)
class Row:
    """One figure. `bar` is the worst that is accepted; with a baseline both are ratios to it."""

    what: str
    value: float
    unit: str
    bar: float
    baseline: float | None = None
    baseline_name: str = ""
    more_is_better: bool = False
    note: str = ""

    @property
    def compared(self) -> float:
        """What the bar is held against: the value, or its ratio to the baseline."""
        return self.value if self.baseline is None else self.value / self.baseline

    @property
    def passes(self) -> bool:
        """Whether the bar is met."""
        return self.compared >= self.bar if self.more_is_better else self.compared <= self.bar

    def as_dict(self) -> dict[str, object]:
        """Everything about the row, for a file."""
        return asdict(self) | {"compared": self.compared, "passes": self.passes}


def as_text(rows: Iterable[Row]) -> str:
    """Return the rows as a table."""
    lines = [f"{'what':<44} {'measured':>14} {'baseline':>26} {'ratio':>7} {'bar':>10}  "]
    for row in rows:
        baseline = "" if row.baseline is None else f"{row.baseline_name} {row.baseline:,.2f} {row.unit}"
        ratio = "" if row.baseline is None else f"{row.compared:.2f}"
        sign = "≥" if row.more_is_better else "≤"
        bar = f"{sign} {row.bar:g}" + ("" if row.baseline is not None else f" {row.unit}")
        verdict = "met" if row.passes else "MISSED"
        lines.append(
            f"{row.what:<44} {f'{row.value:,.2f} {row.unit}':>14} {baseline:>26} {ratio:>7} {bar:>10}  {verdict}"
            + (f"  ({row.note})" if row.note else "")
        )
    return "\n".join(lines)
