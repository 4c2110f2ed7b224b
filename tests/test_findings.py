from tests.findings import FINDINGS, closed


def test_only_known_findings_are_claimed() -> None:
    assert set(closed()) <= set(FINDINGS)
