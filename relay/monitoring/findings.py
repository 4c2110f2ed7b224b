"""What a check of the doctor saw."""

from dataclasses import asdict, dataclass


@dataclass(frozen=True)
class Finding:
    """What one check saw. `remedy` is empty when nothing is wrong, `was_made` False when there was nothing to check."""

    check: str
    saw: str
    remedy: str = ""
    was_made: bool = True

    @property
    def is_problem(self) -> bool:
        """Whether something must be done."""
        return bool(self.remedy)

    def as_lines(self) -> list[str]:
        """Return it for a terminal."""
        mark = "!!" if self.is_problem else "ok" if self.was_made else "– "
        return [f"{mark} {self.check}: {self.saw}", *([f"       {self.remedy}"] if self.remedy else [])]

    def as_dict(self) -> dict[str, object]:
        """Return it for a program; `ok` is null for a check that was not made."""
        return asdict(self) | {"ok": None if not (self.was_made or self.is_problem) else not self.is_problem}


def not_made(check: str, why: str) -> Finding:
    """Return what is said of a check that was not made, because it could not be or there is nothing to look at."""
    return Finding(check, why, was_made=False)
