"""Limits looked at when a value arrives: what is beyond one for long enough is a finding and an incident at once."""

from dataclasses import dataclass
from datetime import datetime

from analytics.incidents.job import keep_incidents
from analytics.maintenance.reported import PRESSING, tell_report
from analytics.sentence import french_number, local_clock, local_clock_fr, lowered, number, spaced
from sensors.limit import LIMITS, Limit
from sensors.quantity import find_quantity
from sensors.unit_sign import sign_of
from store.inputs import Connection
from store.limits import Crossing, close_returned, read_crossings
from store.results import Finding, open_finding

MODEL = "limit"
FIRE = "container_fire"  # the hint of this name goes on with the finding, and closes it

TO_DO = {
    "container_fire": (
        "call the fire brigade (18 or 112), keep people away",
        "appeler les pompiers (18 ou 112), éloigner les passants",
    ),
    "co2_high": ("air the room, then check its ventilation", "aérer la pièce, puis contrôler sa ventilation"),
    "freezer_warm": (
        "check its door and its power, move what it holds",
        "contrôler sa porte et son alimentation, déplacer les denrées",
    ),
    "structure_limit": (
        "have the element inspected, and restrict loads if that confirms it",
        "faire inspecter l'élément, et limiter les charges si cela se confirme",
    ),
}  # English, French


@dataclass(frozen=True, slots=True)
class LimitReport:
    """Findings opened, or raised, and closed."""

    n_opened: int = 0
    n_closed: int = 0

    def __add__(self, other: "LimitReport") -> "LimitReport":
        """Add two reports up."""
        return LimitReport(self.n_opened + other.n_opened, self.n_closed + other.n_closed)


def watch_limits(connection: Connection, now: datetime) -> LimitReport:
    """Open findings for what is beyond its limit, with their incidents, and close those of what is back."""
    with connection.transaction():
        report = LimitReport()
        for limit in LIMITS:
            report += watch_limit(connection, limit, now)
    if report != LimitReport():
        keep_incidents(connection, now)
    return report


def watch_limit(connection: Connection, limit: Limit, now: datetime) -> LimitReport:
    """Look at one limit."""
    n_closed = 0 if limit.kind == FIRE else close_returned(connection, limit, MODEL)
    crossings = (one for one in read_crossings(connection, limit, now) if has_lasted(limit, one))
    return LimitReport(sum(open_finding(connection, finding_of(limit, one)) for one in crossings), n_closed)


def has_lasted(limit: Limit, one: Crossing) -> bool:
    """Say whether a value has been beyond its limit for long enough."""
    return (one.observed_at - one.since).total_seconds() >= limit.holds_s


def finding_of(limit: Limit, one: Crossing) -> Finding:
    """Put a crossing into a finding; `score` is the value over its limit, 1 where it is just there."""
    english, french = tell(limit, one)
    is_fire = limit.kind == FIRE
    return Finding(
        territory_id=one.territory_id,
        kind=limit.kind,
        model=FIRE if is_fire else MODEL,
        model_version="1",
        started_at=one.since,
        score=1.0 + abs(one.value - one.limit) / max(abs(one.limit), 1.0),
        severity=limit.severity,
        sentence_en=english,
        sentence_fr=french,
        evidence={
            "value": one.value,
            "limit": one.limit,
            "observed_at": one.observed_at.isoformat(),
            "series_id": one.series_id,
            "quantity": limit.quantity,
        },
        asset_id=one.asset_id,
        series_id=None if is_fire else one.series_id,
    )


def tell(limit: Limit, one: Crossing) -> tuple[str, str]:
    """Say in English and French what is beyond which limit since when."""
    quantity = find_quantity(limit.quantity)
    if quantity is None:
        raise LookupError(f"there is no quantity {limit.quantity!r}")
    if quantity.name in PRESSING:
        return tell_report(one.name, PRESSING[quantity.name], one.since, one.time_zone)
    sign = spaced(sign_of(quantity.unit))
    do_en, do_fr = TO_DO[limit.kind]
    value, bound = number(one.value), number(one.limit)
    return (
        f"{one.name}: {lowered(quantity.name_en)} is {value}{sign}; the limit is {bound}{sign}."
        f" So since {local_clock(one.since, one.time_zone)}. To do: {do_en}.",
        f"{one.name} : {lowered(quantity.name_fr)} à {french_number(value)}{sign} ; la limite est de"
        f" {french_number(bound)}{sign}. Ainsi depuis le {local_clock_fr(one.since, one.time_zone)}."
        f" À faire : {do_fr}.",
    )
