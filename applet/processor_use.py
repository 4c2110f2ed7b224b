"""How much of this computer's processors is in use. Where the system does not tell, nothing is known."""

from pathlib import Path

STAT = Path("/proc/stat")
_IDLE, _IOWAIT = 3, 4


class ProcessorUse:
    """Since it was asked before."""

    def __init__(self, stat: Path = STAT) -> None:
        self._stat = stat
        self._before = self._read()

    def percent(self) -> int | None:
        """Return how many percent of the processors' time were used since the last call."""
        now, before = self._read(), self._before
        self._before = now
        if now is None or before is None or now[1] == before[1]:
            return None
        return round(100 * (1 - (now[0] - before[0]) / (now[1] - before[1])))

    def _read(self) -> tuple[int, int] | None:
        """Return how long they had nothing to do, and how long they ran, in the kernel's ticks (proc_stat(5))."""
        try:
            first = self._stat.read_text().partition("\n")[0]
            times = [int(each) for each in first.split()[1:9]]
        except (OSError, ValueError):
            return None
        return (times[_IDLE] + times[_IOWAIT], sum(times)) if len(times) > _IOWAIT else None
