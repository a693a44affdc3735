"""A road section whose surface meets the level at which one intervenes: roughness, ruts or cracks, by its own curve.

Surveys are few; the curve, its interval and the limits are those of `analytics.road.degradation`. Told weekly: it is
there where the limit is as likely met as not within `PLAN_YEARS`, which is how far ahead works are planned, and gone
where that is below one in five, as after works: a level that falls by a quarter for good, or a later
`resurfaced_on`, starts the section's clock anew. Urgent once the limit is as likely met as not today. With fewer than
three surveys of its own, its growth is that of its family, which the finding says. Where a sensor measures the
surface's temperature, the days of frost and thaw of the last year are told beside it (`analytics.road.frost`).
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from functools import partial
from typing import Any, NamedTuple

import numpy as np

from analytics.maintenance import Hint, Span, Verdict
from analytics.road.degradation import (
    KINDS,
    LEAST_SURVEYS,
    Curve,
    Floats,
    Kind,
    band,
    chance_met,
    fit_curve,
    learn_kind,
    limit_of,
    since_renewal,
    years_met,
)
from analytics.road.frost import QUANTITY as SURFACE_TEMPERATURE
from analytics.road.frost import Frost, frost_of
from analytics.sentence import french_number, lowered, number, spaced
from sensors.quantity import QUANTITIES
from sensors.unit_sign import sign_of
from store.gauge_hours import GaugeHours, read_gauge_days

YEAR_S = 365.25 * 86_400
REACH = timedelta(days=7305)
PLAN_YEARS = 2.0
THERE, GONE = 0.5, 0.2


class Surveys(NamedTuple):
    """What is known of one quantity of a section: instants [years since 1970] and levels (n,), what it is."""

    name: str
    quantity: str
    attributes: Mapping[str, Any]
    years: Floats
    levels: Floats


class Outlook(NamedTuple):
    """A quantity of a section: its curve, level now, limit, chances to be met now and soon, when it is met."""

    surveys: Surveys
    curve: Curve
    level: float
    limit: float
    chance_now: float
    chance_soon: float
    met: tuple[float | None, float | None, float | None]


def tell(rows: Sequence[GaugeHours], span: Span) -> list[Verdict]:
    """Judge each section at each instant; `score` is how many times the limit its level will be in two years."""
    surveys = [row for row in rows if row.quantity in KINDS]
    return [
        with_frost(verdict, frost_of(rows, part.ends_at.timestamp()))
        for part in span.parts()
        for verdict in judge(surveys_of(surveys, part.ends_at), part)
    ]


def with_frost(verdict: Verdict, known: Mapping[int, Frost]) -> Verdict:
    """Say how often the surface froze and thawed in the last year, where it is known and works are due."""
    frost = known.get(verdict.asset_id) if verdict.asset_id is not None else None
    if frost is None or verdict.evidence is None:
        return verdict
    return replace(
        verdict,
        sentence_en=(
            f"{verdict.sentence_en} Days on which its surface passed 0 °C in the last year: {frost.n_days} of"
            f" {frost.n_watched} measured."
        ),
        sentence_fr=(
            f"{verdict.sentence_fr} Jours de gel et dégel de la surface depuis un an : {frost.n_days} sur"
            f" {frost.n_watched} mesurés."
        ),
        evidence={**verdict.evidence, "freeze_thaw_days": frost.n_days, "freeze_thaw_watched_days": frost.n_watched},
    )


def surveys_of(rows: Sequence[GaugeHours], at: datetime) -> dict[int, dict[str, Surveys]]:
    """Put the surveys of each section before an instant together, whoever made them."""
    found: dict[int, dict[str, Surveys]] = {}
    for row in rows:
        part = row.between(-np.inf, at.timestamp())
        known = found.setdefault(row.asset_id, {}).get(row.quantity)
        years, levels = row.begins_s[part] / YEAR_S, row.high[part]
        if known is not None:
            years, levels = np.append(known.years, years), np.append(known.levels, levels)
        order = np.argsort(years, kind="stable")
        found[row.asset_id][row.quantity] = Surveys(row.name, row.quantity, row.attributes, years[order], levels[order])
    return {asset_id: own for asset_id, own in found.items() if any(each.years.size for each in own.values())}


def judge(sections: Mapping[int, Mapping[str, Surveys]], span: Span) -> list[Verdict]:
    """Tell of all sections, each quantity by what its family teaches."""
    now = span.ends_at.timestamp() / YEAR_S
    kinds = {name: family(sections, name, kind, now) for name, kind in KINDS.items()}
    verdicts = []
    for asset_id, own in sections.items():
        outlooks = [look_ahead(each, kinds[each.quantity][0], now) for each in own.values() if each.years.size]
        worst = max(outlooks, key=lambda outlook: outlook.chance_soon)
        if worst.chance_soon >= THERE:
            verdicts.append(present(asset_id, worst, kinds[worst.surveys.quantity][1], span))
        else:
            verdicts.append(
                Verdict(asset_id, span.ends_at, False if worst.chance_soon < GONE else None, span.begins_at)
            )
    return verdicts


def family(sections: Mapping[int, Mapping[str, Surveys]], quantity: str, kind: Kind, now: float) -> tuple[Kind, int]:
    """Let the sections of a territory teach how a quantity grows."""
    known = [since_works(own[quantity], now)[:2] for own in sections.values() if quantity in own]
    return learn_kind(kind, known)


def since_works(surveys: Surveys, now: float) -> tuple[Floats, Floats, float | None]:
    """Keep what was surveyed since the last works, and say when these were, if the inventory knows."""
    born = born_of(surveys)
    if born is not None and born > now:
        born = None
    part = surveys.years >= (-np.inf if born is None else born)
    years, levels = surveys.years[part], surveys.levels[part]
    kept = since_renewal(levels)
    return years[kept], levels[kept], None if kept.start else born


def born_of(surveys: Surveys) -> float | None:
    """Say when the inventory holds a section to have been resurfaced [years since 1970]; None where it does not."""
    try:
        day = date.fromisoformat(str(surveys.attributes.get("resurfaced_on")))
    except ValueError:
        return None
    return datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp() / YEAR_S


def look_ahead(surveys: Surveys, kind: Kind, now: float) -> Outlook:
    """Fit a section's curve and ask it when the limit is met."""
    years, levels, born = since_works(surveys, now)
    curve = fit_curve(years, levels, kind, born)
    speed = surveys.attributes.get("speed_limit_km_h")
    limit = limit_of(surveys.quantity, float(speed) if isinstance(speed, int | float) else None)
    chances = chance_met(curve, limit, np.array([now, now + PLAN_YEARS]))
    level = float(band(curve, np.array([now]))[1, 0])
    return Outlook(surveys, curve, level, limit, float(chances[0]), float(chances[1]), years_met(curve, limit, now))


def present(asset_id: int, outlook: Outlook, n_family: int, span: Span) -> Verdict:
    """Say that works are due, when, and how sure that is."""
    quantity = QUANTITIES[outlook.surveys.quantity]
    unit = spaced(sign_of(quantity.unit))
    level, limit = number(round(outlook.level, 1)), number(outlook.limit)
    growth = number(round(100 * (float(np.exp(max(outlook.curve.mean[1], 0.0))) - 1), 1))
    early, middle, late = (None if year is None else int(1970 + year) for year in outlook.met)
    is_sure = early == middle == late
    between_en = "" if is_sure else f" ({early} to {late or 'later'})"
    between_fr = "" if is_sure else f" ({early} à {late or 'plus tard'})"
    by_own = outlook.curve.n_surveys >= LEAST_SURVEYS
    basis = ("", "") if by_own else (" (few surveys: growth of its family)", " (peu de relevés : hausse de sa famille)")
    soon = float(band(outlook.curve, np.array([span.ends_at.timestamp() / YEAR_S + PLAN_YEARS]))[1, 0])
    return Verdict(
        asset_id,
        span.ends_at,
        True,
        span.ends_at,
        score=soon / outlook.limit,
        severity="urgent" if outlook.chance_now >= THERE else "warning",
        sentence_en=(
            f"{outlook.surveys.name}: {lowered(quantity.name_en)} is {level}{unit} and grows"
            f" by {growth} % a year{basis[0]}; {limit}{unit}, from which works are due, is met in"
            f" {middle}{between_en}. To do: look at it, put it on the programme of works, seal cracks before"
            " winter."
        ),
        sentence_fr=(
            f"{outlook.surveys.name} : {lowered(quantity.name_fr)} de"
            f" {french_number(level)}{unit}, en hausse de {french_number(growth)} % par an{basis[1]} ; le seuil de"
            f" travaux de {french_number(limit)}{unit} est atteint en {middle}{between_fr}."
            " À faire : visiter, inscrire au programme de travaux, colmater les fissures avant l'hiver."
        ),
        evidence={
            "quantity": quantity.name,
            "level": round(outlook.level, 3),
            "limit": outlook.limit,
            "growth_percent_a_year": float(growth),
            "met_in": {"early": early, "likely": middle, "late": late},
            "chance_in_2_years": round(outlook.chance_soon, 3),
            "n_surveys": outlook.curve.n_surveys,
            "basis": "own_surveys" if by_own else "family_prior",
            "n_sections_of_family": n_family,
            "curve_from": datetime.fromtimestamp(float(outlook.surveys.years[0]) * YEAR_S, UTC).isoformat(),
            "curve_to": span.ends_at.isoformat(),
        },
    )


HINT = Hint(
    name="road_worn",
    asset_types=("road_section",),
    rhythm=timedelta(days=7),
    reach=REACH,
    version="1",
    read=partial(read_gauge_days, quantities=(*KINDS, SURFACE_TEMPERATURE)),
    tell=tell,
    stride=timedelta(days=28),
)
