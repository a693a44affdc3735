"""Findings about series: opened and closed as episodes do, told again where late values tell otherwise."""

import math
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from analytics.detectors import Score
from analytics.ensemble import Ensemble
from analytics.episode import Closing, Opening
from analytics.sentence import WITHDRAWN, Subject, tell_unusual, usual_span
from analytics.spell import Spell, instant, match
from sensors.quantity import find_quantity
from store.inputs import Connection, FreshSeries
from store.late import Standing, insert_finding, read_standing, retell_finding, withdraw_finding
from store.results import Finding, Severity, close_finding, open_finding

MODEL = "ensemble"  # of detectors; evidence names the one that spoke
CURVE_SPAN = timedelta(days=1)  # drawn before the begin of an episode


def write_happenings(
    connection: Connection, ensemble: Ensemble, series: FreshSeries, happenings: Sequence[Opening | Closing]
) -> tuple[int, int]:
    """Open and close findings as episodes did; give how many were opened and closed."""
    n_opened = n_closed = 0
    for happening in happenings:
        if isinstance(happening, Closing):
            n_closed += close_finding(
                connection,
                kind=ensemble.finding_kind,
                model=MODEL,
                ended_at=instant(happening.ended_s),
                series_id=series.series_id,
                device_id=series.device_id,
            )
        else:
            n_opened += open_finding(connection, unusual_finding(ensemble, series, happening))
    return n_opened, n_closed


def tell_again(
    connection: Connection,
    ensemble: Ensemble,
    series: FreshSeries,
    spells: Sequence[Spell],
    span: tuple[datetime, datetime],
) -> tuple[int, int]:
    """Let the findings that began within a span say what its spells, scored again, are.

    A finding whose spell began or went otherwise is told anew and keeps its verdict; one without a spell is ended with
    a note. Running again changes nothing. Gives how many findings are new, and how many were ended with a note.
    """
    about, since = (series.territory_id, series.series_id), span[0]
    standing = read_standing(connection, about, (ensemble.finding_kind, MODEL), since)
    chosen = match(spells, standing)
    n_withdrawn = sum(withdraw(connection, one, span[1]) for one in standing if one not in chosen)
    # Those that ended come first, for of one series and kind a single finding may go on.
    for spell, own in sorted(zip(spells, chosen, strict=True), key=lambda pair: pair[0].ended_s is None):
        finding = unusual_finding(ensemble, series, spell.opening)
        ended_at = None if spell.ended_s is None else instant(spell.ended_s)
        if own is None:
            insert_finding(connection, finding, ended_at)
        else:
            retell_finding(connection, own.finding_id, finding, ended_at)
    return chosen.count(None), n_withdrawn


def withdraw(connection: Connection, one: Standing, scored_to: datetime) -> int:
    """End a finding of which nothing is left."""
    note = {"reason": "late values", "scored_to": scored_to.isoformat()}
    return withdraw_finding(connection, one.finding_id, scored_to, note, WITHDRAWN)


def unusual_finding(ensemble: Ensemble, series: FreshSeries, opening: Opening) -> Finding:
    """Put an episode into words and evidence."""
    quantity = find_quantity(series.quantity)
    possible = (-math.inf, math.inf) if quantity is None else (quantity.low, quantity.high)
    subject = Subject(series.subject, series.name_en, series.name_fr, series.unit, series.time_zone, *possible)
    low, high = usual_span(subject, opening.score)
    started_at, worst_at = instant(opening.started_s), instant(opening.worst_s)
    english, french = tell_unusual(subject, opening.score, worst_at, started_at)
    return Finding(
        territory_id=series.territory_id,
        kind=ensemble.finding_kind,
        model=MODEL,
        model_version=ensemble.version,
        started_at=started_at,
        score=opening.score.value,
        severity=severity_of(ensemble, opening.score),
        sentence_en=english,
        sentence_fr=french,
        evidence={
            **numbers_of(opening.score),
            "expected_low": low,
            "expected_high": high,
            "detector": opening.detector,
            "unit": series.unit,
            "quantity": series.quantity,
            "observed_at": worst_at.isoformat(),
            "curve_from": (started_at - CURVE_SPAN).isoformat(),
            "curve_to": worst_at.isoformat(),
        },
        asset_id=series.asset_id,
        device_id=series.device_id,
        series_id=series.series_id,
    )


def numbers_of(score: Score) -> dict[str, Any]:
    """Give the numbers behind a score, as evidence names them."""
    return {
        "aspect": score.aspect,
        "value": score.looked_at,
        "expected_low": score.expected_low,
        "expected_high": score.expected_high,
    }


def severity_of(ensemble: Ensemble, score: Score) -> Severity:
    """Twice the alarm's threshold is worth a warning; what breaks things is for other models to say."""
    return "warning" if score.value >= 2 * ensemble.open_at else "info"
