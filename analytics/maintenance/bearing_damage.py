"""A bearing that begins to spall: the envelope of its vibration doubles while the vibration itself is still usual.

A spall strikes with each roll-over and rings the machine at high frequency; demodulated there (the high-frequency
resonance technique, McFadden and Smith 1984, doi:10.1016/0301-679X(84)90076-8) it shows weeks before velocity below
1 kHz rises. Devices that do so send its level as `vibration_envelope`. Rule and usual level are those of
`analytics.maintenance.rising`; it is there at twice the clean level (6 dB) for three days, gone below 1.5 times.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import partial

from analytics.maintenance import Hint, Span, Verdict
from analytics.maintenance.fan_wear import FANS
from analytics.maintenance.rising import (
    REACH,
    Machine,
    Rise,
    Rule,
    Words,
    at_like_load,
    follow,
    latest,
    present,
    tell_rises,
    while_running,
)
from store.gauge_hours import GaugeHours, read_gauge_hours

DOUBLED = Rule(risen=2.0, sound=1.5)
SPEEDS = ("rotation_speed", "fan_speed")
WORDS = Words(
    "the envelope of its vibration",
    "l'enveloppe de sa vibration",
    " while it runs",
    " en marche",
    "have the bearing's spectrum taken, grease it, and plan its change",
    "faire relever le spectre du roulement, le graisser et prévoir son remplacement",
)


def tell(rows: Sequence[GaugeHours], span: Span) -> list[Verdict]:
    """Judge each machine at each midnight; `score` is its envelope in multiples of the clean one, less 1."""
    return tell_rises(rows, span, look, partial(present, words=WORDS))


def look(own: Machine, at: datetime) -> tuple[GaugeHours, Rise | None] | None:
    """Compare the last days of a bearing with its clean ones; None before its first hour."""
    envelope = latest(own, "vibration_envelope", at)
    if envelope is None:
        return None
    speeds = [speed for quantity in SPEEDS if (speed := latest(own, quantity, at)) is not None]
    hours = at_like_load(envelope, speeds[0]) if speeds else while_running(envelope)
    return envelope, follow(hours, at, DOUBLED)


HINT = Hint(
    name="bearing_damage",
    asset_types=("pump", "air_handling_unit"),
    rhythm="day",
    reach=REACH,
    version="1",
    read=partial(read_gauge_hours, quantities=("vibration_envelope", *SPEEDS), channels=FANS),
    tell=tell,
    stride=timedelta(days=28),
)
