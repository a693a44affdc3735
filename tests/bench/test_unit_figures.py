"""Faults of air handling units together: recall of all their kinds, false alarms by unit and month."""

import pytest

from bench.evaluation.expected import KINDS
from bench.evaluation.findings import WEEKS_A_MONTH, unit_figures
from bench.evaluation.matching import Case, Judged


def a_case(kind: str, *, is_found: bool) -> Case:
    return Case(kind, True, is_found, None, None, is_found, is_found, is_found)


def judged(*cases: Case, n_false: dict[str, int], n_units: int, n_weeks: float) -> Judged:
    weeks = {kind: n_units * n_weeks for kind in KINDS}
    return Judged(1, cases, {}, n_false, {}, weeks)


def test_all_kinds_count_together_and_others_do_not() -> None:
    town = judged(
        a_case("damper_stuck", is_found=True),
        a_case("valve_leaking", is_found=False),
        a_case("dead_lamp", is_found=False),
        n_false={"damper_stuck": 1, "sensor_bias": 2, "dead_lamp": 50},
        n_units=2,
        n_weeks=3 * WEEKS_A_MONTH,
    )
    rows = {row.name: row for row in unit_figures([town, town])}
    assert (rows["air_handling_unit.recall"].value, rows["air_handling_unit.recall"].n) == (0.5, 4)
    assert rows["air_handling_unit.false_alarms"].value == pytest.approx(6 / 12)
    assert rows["air_handling_unit.recall"].met is False


def test_a_town_without_units_has_no_figure() -> None:
    assert list(unit_figures([judged(n_false={}, n_units=0, n_weeks=9.0)])) == []
