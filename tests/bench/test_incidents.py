"""Grouping against truth, on a small town made by hand: right, split, mixed, under another name, of nothing."""

from dataclasses import replace

from bench.evaluation.incidents import Grouping, ToldIncident, figures, judge_grouping
from bench.evaluation.matching import Court, Found
from tests.bench.test_matching import GROUND, a_finding, a_truth, an_episode

GATEWAY = an_episode("silent_gateway", "gw-1", 10, 2, devices=("g1", "d1", "d2", "d3"))
DARK = an_episode("dead_lamp", "lamp-1", 30, 5)
SILENT = [a_finding("silent", f"lamp-{n}", 10.2, f"d{n}") for n in (1, 2)]
OWN = ToldIncident("thing", "lamp-1", "", frozenset())
GROUP = ToldIncident("gateway_silent", "gw-1", "", frozenset())


def grouping(found: list[Found], incident_of: list[int | None], **incidents: ToldIncident) -> Grouping:
    """Judge findings in incidents that are named by their number, `i1`."""
    court = Court(found, a_truth(GATEWAY, DARK), GROUND)
    return judge_grouping(court, incident_of, {int(name[1:]): one for name, one in incidents.items()})


def test_findings_of_a_fault_in_one_incident_that_names_it_are_right() -> None:
    found = [a_finding("silent_gateway", "gw-1", 10.2), *SILENT, a_finding("dead_lamp", "lamp-1", 31)]
    one = grouping(found, [1, 1, 1, 2], i1=GROUP, i2=OWN)
    assert (one.n_faults, one.n_findings, one.n_right, one.n_lines, one.n_incidents) == (2, 4, 4, 2, 2)


def test_findings_apart_from_most_of_their_fault_are_wrong() -> None:
    one = grouping([a_finding("silent_gateway", "gw-1", 10.2), *SILENT], [1, 1, 2], i1=GROUP, i2=OWN)
    assert (one.n_findings, one.n_right, one.n_lines) == (3, 2, 2)


def test_incident_of_another_cause_or_place_makes_all_of_it_wrong() -> None:
    for other in (
        ToldIncident("many_at_once", "", "", frozenset()),
        ToldIncident("gateway_silent", "gw-2", "", frozenset()),
    ):
        assert grouping(SILENT, [1, 1], i1=other).n_right == 0
    assert grouping([a_finding("dead_lamp", "lamp-1", 31)], [1], i1=GROUP).n_right == 0


def test_findings_in_no_incident_are_wrong_and_those_of_no_fault_do_not_count() -> None:
    one = grouping([a_finding("dead_lamp", "lamp-1", 31), a_finding("dead_lamp", "lamp-2", 40)], [None, 1], i1=OWN)
    assert (one.n_findings, one.n_right) == (1, 0)


def test_figures_stand_beside_lines_of_their_own() -> None:
    rows = {row.name: row for row in figures([Grouping(2, 8, 7, 3, 10, 4, 1, 50.0)])}
    assert rows["incidents.right_cause"].value == 7 / 8
    assert rows["incidents.right_cause"].reference == 2 / 8
    assert (rows["incidents.lines_per_fault"].value, rows["incidents.lines_per_fault"].reference) == (1.5, 4.0)
    assert rows["incidents.findings_per_line"].value == 2.5
    assert (rows["incidents.false_lines"].value, rows["incidents.false_lines"].n) == (2.0, 1)
    assert list(figures([])) == []


def test_a_line_is_false_that_is_loud_and_holds_nothing_of_a_fault() -> None:
    quiet = replace(a_finding("level_shift", "bin-1", 40), is_quiet=True)
    found = [*SILENT, a_finding("level_shift", "lamp-2", 10.3), *(a_finding("level_shift", "bin-1", 40),) * 2, quiet]
    one = grouping(found, [1, 2, 1, 3, 3, 4], i1=GROUP)
    assert (one.n_incidents, one.n_false) == (4, 1)
    assert one.asset_weeks == 4 * 8
