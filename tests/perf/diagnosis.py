"""Which of forty faults a session names rightly within ten seconds, each injected into a session of its own."""

from pathlib import Path
from tempfile import TemporaryDirectory

from tests.perf.table import Row
from tests.support.faults import FAULTS, SECONDS, named

BAR = 36


async def measure() -> list[Row]:
    """Have each of them happen, and count those of which the first cause that is told is the right one."""
    rows, right = [], 0
    for fault in FAULTS:
        with TemporaryDirectory() as folder:
            cause, seconds = "", SECONDS
            try:
                cause, seconds = await named(fault, Path(folder))
            except Exception as error:  # a session that did not come about, or did not end: a fault not named
                cause = type(error).__name__
        is_right = cause == fault.cause
        right += is_right
        said = cause if is_right else f"{cause or 'nothing'} in the place of {fault.cause.value}"
        rows.append(Row(fault.name, seconds, "s", None, note=f"{fault.direct.value}: {said}"))
        print(f"{'✓' if is_right else '✗'} {fault.name}: {said} ({seconds:.1f} s)", flush=True)
    total = Row(f"faults named rightly, of {len(FAULTS)}", right, "", BAR, more_is_better=True)
    return [*rows, total]
