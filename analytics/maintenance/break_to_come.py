"""Water mains that will probably break: those in which a metre renewed avoids most breaks.

What is expected of each comes from the network's own breaks (`analytics.water_mains.model`: Poisson regression,
McCullagh and Nelder 1989), by the model of the family `main_breaks` that is in use; where there is none, and of
instants whose sequel it knows, it is learnt anew. The list is in the order of breaks per metre; told are mains in the
first hundredth of the network's length with one break in ten years at least, and told no more beyond the first
fiftieth. Where too few breaks are known to learn from nothing is told: what pipes of a material usually do does not say
which of them to renew.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import numpy as np

from analytics.maintenance import Hint, Span, Verdict
from analytics.remaining_life.families import main_breaks
from analytics.remaining_life.registry import usable_champion
from analytics.sentence import french_number, number
from analytics.water_mains.model import HORIZON_YEARS, VERSION, Expected, Model, foretell
from analytics.water_mains.network import Floats
from analytics.water_mains.ranking import order_by_metre
from analytics.water_mains.registered import network_of, year_at
from store.inputs import Connection, Window
from store.mains import Break, Main, read_breaks, read_mains

TOP_SHARE, GONE_SHARE = 0.01, 0.02
LEAST_A_YEAR = 0.1
WARNING_A_YEAR = 0.5


@dataclass(frozen=True, slots=True)
class Register:
    """Mains and breaks as registered, the model in use, and what share of breaks its lists would have caught lately."""

    mains: Sequence[Main]
    breaks: Sequence[Break]
    model: Model | None = None
    caught: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Place:
    """A main's place in the list (from 1), of how many, and where its end lies in the network's length, 0 to 1."""

    rank: int
    n: int
    reach: float
    times_usual: float


def read(connection: Connection, window: Window) -> Register:
    """Read what is registered, and the model in use."""
    file = usable_champion(connection, main_breaks.NAME, window.territory_id)
    key = main_breaks.key_of(window.territory_id)
    known = (None, None) if file is None else (main_breaks.model_of(file, key), main_breaks.caught_by(file, key))
    return Register(read_mains(connection, window), read_breaks(connection, window), *known)


def tell(register: Register, span: Span) -> list[Verdict]:
    """Rank the mains at each instant; `score` is a metre's breaks in multiples of the network's."""
    return [verdict for part in span.parts() for verdict in rank(register, part)]


def rank(register: Register, span: Span) -> Iterator[Verdict]:
    """Rank them once."""
    there = [main for main in register.mains if main.retired_at is None]
    if not there:
        return
    mains, breaks = network_of(register.mains, register.breaks)
    expected = foretell(mains, breaks, year_at(span.ends_at), register.model)
    if expected.refusal is not None:
        yield from (Verdict(main.asset_id, span.ends_at, None, span.begins_at) for main in there)
        return
    places = places_of(expected, mains.length_m[expected.mains])
    for index, place in enumerate(places):
        yield with_caught(judge(there[int(expected.mains[index])], expected, index, place, span), register.caught)


def with_caught(verdict: Verdict, caught: Mapping[str, Any] | None) -> Verdict:
    """Say how good such lists were lately, where it is known and the verdict tells of something."""
    if caught is None or verdict.evidence is None:
        return verdict
    share = number(caught["percent_by_length_percent"]["1"])
    years = caught["n_years"]
    en, fr = f"the last {years} years" if years > 1 else "the last year", f"{years} ans" if years > 1 else "un an"
    return replace(
        verdict,
        sentence_en=f"{verdict.sentence_en} Such lists held {share} % of the breaks of {en} in 1 % of the length.",
        sentence_fr=(
            f"{verdict.sentence_fr} En {fr}, de telles listes contenaient {french_number(share)} % des ruptures dans"
            " 1 % du linéaire."
        ),
        evidence={**verdict.evidence, "caught": dict(caught)},
    )


def places_of(expected: Expected, length_m: Floats) -> list[Place]:
    """Give each main its place."""
    order = order_by_metre(expected.rate, length_m)
    position = np.argsort(order)
    reach = (np.cumsum(length_m[order]) / length_m.sum())[position]
    times = expected.rate / length_m / (expected.rate.sum() / length_m.sum())
    n = len(order)
    return [Place(int(position[i]) + 1, n, float(reach[i]), float(times[i])) for i in range(n)]


def judge(main: Main, expected: Expected, index: int, place: Place, span: Span) -> Verdict:
    """Say whether one main is to be told."""
    rate = float(expected.rate[index])
    if place.reach > TOP_SHARE or rate < LEAST_A_YEAR:
        is_gone = place.reach > GONE_SHARE or rate < LEAST_A_YEAR
        return Verdict(main.asset_id, span.ends_at, False if is_gone else None, span.begins_at)
    bounds = float(expected.low[index]), float(expected.high[index])
    return present(main, (rate, *bounds), int(expected.n_breaks[index]), place, span)


def present(main: Main, rate: tuple[float, float, float], n_breaks: int, place: Place, span: Span) -> Verdict:
    """Put it into words."""
    a_year, low, high = (number(each) for each in rate)
    times = number(round(place.times_usual, 1))
    length = number(main.length_m or 0.0)
    more = "s" if rate[0] >= 2 else ""
    known_en = f"{n_breaks} break{'' if n_breaks == 1 else 's'}"
    known_fr = f"{n_breaks} connue{'s' if n_breaks > 1 else ''}"
    return Verdict(
        main.asset_id,
        span.ends_at,
        True,
        span.begins_at,
        score=place.times_usual,
        severity="warning" if rate[0] >= WARNING_A_YEAR else "info",
        sentence_en=(
            f"{main.name}: {a_year} breaks expected a year (between {low} and {high}), {times} times as many for each"
            f" metre as in the whole network; {known_en} known so far. It is number {place.rank} of {place.n} mains."
            f" To do: plan the renewal of these {length} m, or look for leaks along them twice a year."
        ),
        sentence_fr=(
            f"{main.name} : {french_number(a_year)} rupture{more} à attendre par an (entre {french_number(low)} et"
            f" {french_number(high)}), soit par mètre {french_number(times)} fois la moyenne du réseau ; {known_fr} à"
            f" ce jour. C'est la conduite n° {place.rank} sur {place.n}. À faire : programmer le renouvellement de ces"
            f" {french_number(length)} m, ou y rechercher les fuites deux fois par an."
        ),
        evidence={
            "breaks_a_year": round(rate[0], 5),
            "low": round(rate[1], 5),
            "high": round(rate[2], 5),
            "n_breaks": n_breaks,
            "rank": place.rank,
            "n_mains": place.n,
            "length_share": round(place.reach, 5),
            "horizon_years": HORIZON_YEARS,
            "model": f"water_mains {VERSION}",
        },
    )


HINT = Hint(
    name="break_to_come",
    asset_types=("water_pipe",),
    rhythm=timedelta(days=28),
    reach=timedelta(),
    version=VERSION,
    read=read,
    tell=tell,
)
