"""`make test`: every test, several files beside one another. What fails there is tried once more alone, and must pass.

Displays and time limits of real programs suffer from a full machine. A full machine is no reason to crash, to hang for
minutes, to stop before the last test or to fail to import a file: then nothing is tried again. Both runs are printed.
"""

import subprocess
import sys

import pytest

BESIDE = ("--numprocesses=4", "--dist=loadfile", "--max-worker-restart=0", "--durations=20")
"""Most of a test's time is waiting, so there are more workers than cores. A file's tests share what one worker starts.
A worker that crashes is not replaced: its replacement would run the same test first, and crash too, sixteen times over.
"""
ALONE = ("--last-failed", "--last-failed-no-failures=none", "--numprocesses=0")


class Results:
    """What happened beside one another."""

    def __init__(self) -> None:
        self.failed: set[str] = set()
        self.broken: set[str] = set()

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """See pytest."""
        if report.failed:
            self.failed.add(report.nodeid)

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        """See pytest: the tests of a file that cannot be imported were not run at all."""
        if report.failed:
            self.broken.add(report.nodeid)

    def pytest_handlecrashitem(self, crashitem: str) -> None:
        """See xdist: a worker ended while it ran this test."""
        self.broken.add(crashitem)


def main(arguments: list[str]) -> int:
    """Run everything, or what is asked for in pytest's words; return the exit code."""
    results = Results()
    code = pytest.main([*BESIDE, *arguments], plugins=[results])
    if code != pytest.ExitCode.TESTS_FAILED or results.broken:
        return int(code)
    print(f"\nOnce more, alone: {len(results.failed)}", flush=True)
    again = subprocess.run([sys.executable, "-m", "pytest", *arguments, *ALONE], check=False)
    if again.returncode == 0:
        print("\nFailed beside others, passed alone:", *sorted(results.failed), sep="\n  ")
    return again.returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
