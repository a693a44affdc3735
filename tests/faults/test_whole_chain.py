"""The short form of `make faults`: every message once, or in quarantine, whatever is killed and cut meanwhile."""

from pathlib import Path

import pytest

from tests.faults.chain import running_servers
from tests.faults.drive import Plan, drive
from tests.faults.fault import find_parts
from tests.faults.schedule import draw_schedule
from tests.faults.stream import make_stream

pytestmark = [pytest.mark.services, pytest.mark.faults]

SEED = 7
N_MESSAGES = 3000
N_ROUNDS = 6
RATE_PER_S = 300.0
LONGEST_HOLD_S = 1.0


def test_whole_chain_loses_and_doubles_nothing_and_tells_the_same_kpis(tmp_path: Path) -> None:
    """Kills and cuts at the database, the broker and the programs; then the same messages once more in peace."""
    rounds = tuple(draw_schedule(SEED, N_ROUNDS, find_parts(), LONGEST_HOLD_S))
    with running_servers() as servers:
        report = drive(servers, make_stream(SEED, N_MESSAGES), Plan(N_MESSAGES, rounds, RATE_PER_S), tmp_path)
    assert report.is_good, "\n".join(report.lines())
    assert len(report.struck) == N_ROUNDS
    assert report.verdict.sent >= N_MESSAGES
    assert report.verdict.quarantined == report.verdict.sent // 97
