"""How much of what the captured payloads say is resolved: the shares that were reached."""

import pytest

from tools.unresolved import TARGETS, WHOLE, report, sources, tally


@pytest.fixture(scope="module")
def payloads(shared):
    return shared / "portals"


def test_the_small_payloads_reach_the_targets(payloads):
    """But for licences: 71 datasets are of an ArcGIS Hub, each with a page of its own for one."""
    found = tally(payloads, [each for each in sources(payloads) if each[1] != WHOLE])
    shares = {name: found.share(name) for name in TARGETS}
    assert all(found.seen[name] > 1000 for name in TARGETS)
    assert shares.pop("licence") >= 0.98
    assert {name: share for name, share in shares.items() if share < TARGETS[name]} == {}
    text = report(found)
    assert "| theme |" in text
    assert "× `Theme 1`" in text


@pytest.mark.slow
def test_all_payloads_reach_the_targets(payloads):
    found = tally(payloads, sources(payloads))
    assert found.seen["format"] > 200_000
    shares = {name: found.share(name) for name in TARGETS}
    assert {name: share for name, share in shares.items() if share < TARGETS[name]} == {}
