"""Outcomes of towns come back from their folder as they were, and nothing else does."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest

from bench.evaluation.health import Foretold, HealthJudged
from bench.evaluation.incidents import Grouping
from bench.evaluation.kept import KeptError, find, keep
from bench.evaluation.kpis import Compared
from bench.evaluation.matching import Case, Judged
from bench.evaluation.outcome import Outcome as TownOutcome
from bench.evaluation.outcome import describe_commit
from bench.evaluation.town import Plan
from store.asset_health import Outcome as HealthOutcome

PLAN = Plan(days=730, history_days=0, scale=0.1)


@pytest.fixture
def outcome() -> TownOutcome:
    cases = (Case("dead_lamp", True, True, -3.5, None, True, True, True),)
    judged = Judged(7, cases, {"dead_lamp": 1}, {}, {"dead_lamp": 1}, {"dead_lamp": float(np.float64(2.5))})
    foretold = (Foretold("dead_lamp", None, 0.1, 12.0),)
    health = HealthJudged(7, 730, foretold, 1, 1, (HealthOutcome("pump", 2, False, 0.4, 20, 8, 3),))
    kpis = (Compared("lighting_energy", True, True, np.float64(0.25), None, False),)
    return TownOutcome(
        7, judged, judged, Grouping(1, 1, 1, 1, 1, 1, 0, 2.5), health, kpis, {"publish": 1.5}, describe_commit()
    )


def test_an_outcome_comes_back_as_it_was(tmp_path: Path, outcome: TownOutcome) -> None:
    keep(tmp_path / "towns", PLAN, outcome)
    kept = find(tmp_path / "towns", PLAN, 7)
    assert kept is not None
    assert (kept.plan, kept.outcome) == (PLAN, outcome)
    assert kept.outcome.commit  # tests run from a clone


def test_other_seeds_and_sizes_are_not_there(tmp_path: Path, outcome: TownOutcome) -> None:
    keep(tmp_path, PLAN, outcome)
    assert find(tmp_path, PLAN, 8) is None
    assert find(tmp_path, replace(PLAN, days=60), 7) is None
    assert find(tmp_path / "elsewhere", PLAN, 7) is None


def test_another_beginning_or_a_damaged_file_is_refused(tmp_path: Path, outcome: TownOutcome) -> None:
    keep(tmp_path, PLAN, outcome)
    with pytest.raises(KeptError, match="another town or plan"):
        find(tmp_path, replace(PLAN, start=datetime(2020, 1, 1, tzinfo=UTC)), 7)
    (path,) = tmp_path.iterdir()
    path.write_bytes(path.read_bytes()[:40])
    with pytest.raises(KeptError, match="cannot be read"):
        find(tmp_path, PLAN, 7)
