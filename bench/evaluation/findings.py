"""Findings of a town read from its store and judged, and the figures of several towns together."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from statistics import fmean, median

import psycopg

from analytics.evaluate.row import Row
from bench.evaluation.expected import (
    GENERAL,
    GOAL_FALSE_ALARMS,
    GOAL_LOOKALIKE,
    HINT_BY_FAULT,
    HINTS,
    KINDS,
    UNIT_HINTS,
    recall_goal,
)
from bench.evaluation.matching import Case, Court, Found, Ground, Judged, judge
from bench.evaluation.town import Evaluated

WEEKS_A_MONTH = 365.25 / 12 / 7
FINDINGS = """
select f.finding_id, f.kind, coalesce(a.slug, ''), coalesce(d.external_id, ''), f.started_at,
       case f.kind when 'silent' then (f.evidence ->> 'looked_at')::timestamptz else f.started_at end,
       coalesce(i.severity = 'info', false)
from findings f
left join assets a using (asset_id)
left join devices d using (device_id)
left join incidents i using (incident_id)
order by f.started_at, f.finding_id
"""
ASSETS = "select slug, type from assets"
PLACEMENTS = """
select d.external_id, array_agg(distinct a.slug)
from placements p
join devices d using (device_id)
join assets a using (asset_id)
group by d.external_id
"""


def read_court(evaluated: Evaluated) -> Court:
    """Read what the store of a town says was found, in the order of FINDINGS."""
    with psycopg.connect(evaluated.database_url) as connection:
        rows = connection.execute(FINDINGS).fetchall()
        ground = Ground(
            {slug: type_ for slug, type_ in connection.execute(ASSETS)},
            {device: tuple(assets) for device, assets in connection.execute(PLACEMENTS)},
        )
    found = [
        Found(kind, asset, device, started_at, told_at(evaluated, number, kind, looked_at), is_quiet)
        for number, kind, asset, device, started_at, looked_at, is_quiet in rows
    ]
    return Court(found, evaluated.truth, ground)


def judge_town(evaluated: Evaluated) -> Judged:
    """Judge what the store of a town says was found."""
    court = read_court(evaluated)
    return judge(court.found, court.truth, court.ground)


def told_at(evaluated: Evaluated, finding_id: int, kind: str, looked_at: datetime) -> datetime:
    """Say when a finding was told, by the town's time.

    A maintenance hint, or a clock, is told at the end of the first round of analytics whose findings it is among; a
    silence when it was looked for; another detector tells of a value when it comes.
    """
    if kind in GENERAL:
        return looked_at
    return next((at for at, last_id in evaluated.rounds if finding_id <= last_id), evaluated.rounds[-1][0])


def figures(judged: Sequence[Judged]) -> list[Row]:
    """Give the figures of all towns together: faults, look-alikes, kinds of finding."""
    cases = [case for one in judged for case in one.cases]
    return [*fault_figures(cases), *lookalike_figures(cases), *kind_figures(judged), *unit_figures(judged)]


def fault_figures(cases: Sequence[Case]) -> Iterator[Row]:
    """Give recall (beside: what chance gives) and delay by fault; of those with a hint, what anything found too."""
    for kind in sorted({case.kind for case in cases if case.is_fault}):
        own = [case for case in cases if case.kind == kind]
        recall, by_chance = share(case.is_found for case in own), mean_chance(own)
        name = f"fault.{kind}"
        yield Row(f"{name}.recall", recall, "1", reference=by_chance, goal=recall_goal(kind), n=len(own))
        if kind in HINT_BY_FAULT:
            yield Row(f"{name}.recall_any", share(case.is_seen for case in own), "1", n=len(own))
        delays = sorted(case.delay_h for case in own if case.delay_h is not None)
        if delays:
            yield Row(f"{name}.delay_median", median(delays), "h", better="lower", n=len(delays))


def lookalike_figures(cases: Sequence[Case]) -> Iterator[Row]:
    """Give the share of look-alikes in which anything (beside: by chance), a hint, or what is not quiet was told."""
    for kind in sorted({case.kind for case in cases if not case.is_fault}):
        own = [case for case in cases if case.kind == kind]
        raised, hinted = share(case.is_found for case in own), share(case.is_hinted for case in own)
        name, goal = f"lookalike.{kind}", GOAL_LOOKALIKE
        yield Row(f"{name}.raised", raised, "1", "lower", mean_chance(own), goal, n=len(own))
        yield Row(f"{name}.raised_hint", hinted, "1", "lower", goal=goal, n=len(own))
        yield Row(f"{name}.raised_line", share(case.is_loud for case in own), "1", "lower", goal=goal, n=len(own))


def kind_figures(judged: Sequence[Judged]) -> Iterator[Row]:
    """Give by kind of finding the false alarms, and of hints the share that names the fault which is there."""
    for kind in KINDS:
        n_told = sum(one.n_told.get(kind, 0) for one in judged)
        n_false = sum(one.n_false.get(kind, 0) for one in judged)
        n_named = sum(one.n_named.get(kind, 0) for one in judged)
        weeks = sum(one.asset_weeks[kind] for one in judged)
        rate = 100 * n_false / weeks if weeks else 0.0
        yield Row(f"false_alarms.{kind}", rate, "1/(100.asset.wk)", "lower", goal=GOAL_FALSE_ALARMS, n=n_false)
        if kind in HINTS and n_told:
            yield Row(f"precision.{kind}", n_named / n_told, "1", n=n_told)


def unit_figures(judged: Sequence[Judged]) -> Iterator[Row]:
    """Give the recall of all faults of air handling units together, and their false alarms by unit and month."""
    faults = {fault for fault, hint in HINT_BY_FAULT.items() if hint in UNIT_HINTS}
    own = [case for one in judged for case in one.cases if case.kind in faults]
    if own:
        yield Row("air_handling_unit.recall", share(case.is_found for case in own), "1", goal=0.9, n=len(own))
    months = sum(max(one.asset_weeks[kind] for kind in UNIT_HINTS) for one in judged) / WEEKS_A_MONTH
    n_false = sum(one.n_false.get(kind, 0) for one in judged for kind in UNIT_HINTS)
    if months:
        yield Row("air_handling_unit.false_alarms", n_false / months, "1/mo", "lower", goal=1.0, n=n_false)


def share(answers: Iterable[bool]) -> float:
    """Give the share of yes."""
    return fmean(answers)


def mean_chance(cases: Sequence[Case]) -> float | None:
    """Give the mean of what chance would give, None where it is not known."""
    known = [case.by_chance for case in cases if case.by_chance is not None]
    return fmean(known) if known else None
