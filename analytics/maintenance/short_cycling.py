"""A boiler that starts six times an hour and more, for three hours of a day: see `analytics.hvac.boiler`."""

from collections.abc import Sequence
from datetime import timedelta

from analytics.hvac.boiler import LEAST_HOURS, MANY_STARTS_H, count_cycles
from analytics.maintenance import Hint, Span, Verdict
from analytics.sentence import french_number, local_clock, local_clock_fr, number
from store.hvac import StartHours, read_start_hours


def tell(boilers: Sequence[StartHours], span: Span) -> list[Verdict]:
    """Judge each boiler at each midnight; `score` is its starts per hour over six, hours with many starts taken."""
    return [judge(boiler, part) for part in span.parts() for boiler in boilers]


def judge(boiler: StartHours, span: Span) -> Verdict:
    """Judge the day that ends."""
    cycling = count_cycles(boiler, span.ends_at)
    if not cycling.is_present:
        return Verdict(boiler.asset_id, span.ends_at, cycling.is_present, span.begins_at)
    since, rate, n_hours = cycling.many[0], number(cycling.starts_per_h), len(cycling.many)
    return Verdict(
        boiler.asset_id,
        span.ends_at,
        True,
        since,
        score=cycling.starts_per_h / MANY_STARTS_H,
        sentence_en=(
            f"{boiler.name} starts {rate} times an hour, in {n_hours} hours of the last day, first at"
            f" {local_clock(since, span.time_zone)}; up to {MANY_STARTS_H:g} is usual. To do: check heating curve,"
            " minimum run time, place of the flow sensor and pump."
        ),
        sentence_fr=(
            f"{boiler.name} démarre {french_number(rate)} fois par heure, pendant {n_hours} heures du dernier jour, la"
            f" première le {local_clock_fr(since, span.time_zone)} ; jusqu'à {MANY_STARTS_H:g} est habituel. À faire :"
            " vérifier la loi d'eau, la durée minimale de marche, la place de la sonde de départ et la pompe."
        ),
        evidence={
            "starts_per_h": round(cycling.starts_per_h, 2),
            "many_from": MANY_STARTS_H,
            "hours_with_many": n_hours,
            "hours_needed": LEAST_HOURS,
            "hours_running": cycling.n_running,
            "curve_from": (span.ends_at - timedelta(days=2)).isoformat(),
            "curve_to": span.ends_at.isoformat(),
        },
    )


HINT = Hint(
    name="short_cycling",
    asset_types=("boiler",),
    rhythm="day",
    reach=timedelta(days=1),
    version="1",
    read=read_start_hours,
    tell=tell,
    stride=timedelta(days=28),
)
