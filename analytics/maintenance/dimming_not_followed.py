"""A lamp that does not follow its orders: its power stays where it is while the level asked of it goes down and up.

Compared are hours of the same night in which one level was asked throughout: its highest and its lowest, 15 points
apart and more. Power and level of an hour are what was told in it: means over time hold what was before, which in short
summer nights is darkness. The order is the command, or where nobody sends it the level that the controller says it
holds. Power is due to fall with the level; a lamp whose power fell by less than three tenths of that, three nights on
end, does not follow (an arc lamp on a dimming ballast falls by about two thirds). Levels below 10 % are left out: there
the losses of the gear are most of the power.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial

import numpy as np

from analytics.grouping import by_quantity
from analytics.maintenance import Hint, Span, Verdict
from analytics.maintenance.gauges import DAY_S, Flags, Floats, as_told, current, take
from analytics.maintenance.lamps import LEAST_COVERED_S, LEAST_POWER_W
from analytics.sentence import french_number, local_day, local_day_fr, number
from store.gauge_hours import GaugeHours, read_gauge_hours

REACH = timedelta(days=5)
N_NIGHTS = 3
APART, LEAST_LEVEL = 15.0, 10.0  # points
STEADY = 0.1  # of the power, by which it may move within an hour
HELD = 2.0  # points, by which a level may move within an hour that counts as one
NOT_FOLLOWED, FOLLOWED = 0.3, 0.5  # of the fall that is due
ORDERS = ("dimming_command", "dimming_level")


@dataclass(frozen=True, slots=True)
class Night:
    """A night on which a lamp was asked for two levels [%]: the power at each [W], and the share of the fall due.

    `at_s` is the noon after it [Unix s].
    """

    at_s: float
    high_percent: float
    low_percent: float
    high_w: float
    low_w: float

    @property
    def followed(self) -> float:
        """Give which share of the fall that is due the power fell by."""
        due = 1 - self.low_percent / self.high_percent
        return (1 - self.low_w / self.high_w) / due


def tell(rows: Sequence[GaugeHours], span: Span) -> list[Verdict]:
    """Judge each lamp at each noon; `score` is the share of the fall due that is missing."""
    reach_s = (span.ends_at - span.begins_at + REACH).total_seconds()
    lamps = [(row, nights_of(own, span, reach_s)) for own in by_quantity(rows).values() if (row := power_of(own))]
    return [judge(row, nights, part) for part in span.parts() for row, nights in lamps if nights]


def power_of(own: Mapping[str, Sequence[GaugeHours]]) -> GaugeHours | None:
    """Give a lamp's series of power, the last there is; None without one, or without orders."""
    has_orders = any(name in own for name in ORDERS)
    return own["active_power"][-1] if "active_power" in own and has_orders else None


def nights_of(own: Mapping[str, Sequence[GaugeHours]], span: Span, reach_s: float) -> list[Night]:
    """Give the nights of a lamp that can be judged, in order of time; a night ends where a span of 24 hours does."""
    power = current(own["active_power"], span.ends_at, reach_s)
    orders = (current(own.get(name, ()), span.ends_at, reach_s) for name in ORDERS)
    order = next((one for one in orders if one is not None), None)
    if power is None or order is None:
        return []
    _, mine, theirs = np.intersect1d(power.begins_s, order.begins_s, return_indices=True)
    power, order = take(power, mine), take(order, theirs)
    watts, levels = as_told(power), as_told(order)
    usable = is_steady(power) & is_held(order) & (levels >= LEAST_LEVEL)
    until_s = span.ends_at.timestamp()
    days = np.floor((power.begins_s - until_s) / DAY_S)
    found = [
        night_of(until_s + (day + 1) * DAY_S, levels[part], watts[part])
        for day in np.unique(days[usable]).tolist()
        if (part := usable & (days == day)).any()
    ]
    return [night for night in found if night is not None]


def is_known(row: GaugeHours) -> Flags:
    """Say which hours a value was measured in, or held on for long enough."""
    return np.asarray((row.n_values > 0) | (row.covered_s >= LEAST_COVERED_S), dtype=np.bool_)


def is_steady(power: GaugeHours) -> Flags:
    """Say in which hours a lamp's power is known and did not move."""
    with np.errstate(invalid="ignore"):
        held = power.high - power.low <= STEADY * np.abs(power.high)
    return np.asarray(held & np.isfinite(power.mean) & is_known(power), dtype=np.bool_)


def is_held(order: GaugeHours) -> Flags:
    """Say in which hours one level was asked for.

    Where a level is told again and again, in those in which it was told: it may have gone down since the last time.
    """
    with np.errstate(invalid="ignore"):
        is_one = (order.high - order.low <= HELD) & is_known(order)
    is_told = is_one & (order.n_values > 0)
    return np.asarray(is_told if is_told.any() else is_one, dtype=np.bool_)


def night_of(at_s: float, levels: Floats, watts: Floats) -> Night | None:
    """Compare a night's highest level with its lowest; None where they are near, or the lamp was dark."""
    high, low = float(levels.max()), float(levels.min())
    if high - low < APART:
        return None
    high_w = float(np.median(watts[levels >= high - HELD]))
    low_w = float(np.median(watts[levels <= low + HELD]))
    return Night(at_s, high, low, high_w, low_w) if high_w >= LEAST_POWER_W else None


def judge(row: GaugeHours, nights: Sequence[Night], span: Span) -> Verdict:
    """Look at a lamp's last nights."""
    begin_s, end_s = (span.ends_at - REACH).timestamp(), span.ends_at.timestamp()
    known = [night for night in nights if begin_s < night.at_s <= end_s]
    unknown = Verdict(row.asset_id, span.ends_at, None, span.begins_at)
    last = [night.followed for night in known[-N_NIGHTS:]]
    if len(last) < N_NIGHTS or end_s - known[-1].at_s > N_NIGHTS * DAY_S:
        return unknown
    if max(map(abs, last)) >= NOT_FOLLOWED:
        return Verdict(row.asset_id, span.ends_at, False, span.begins_at) if min(last) >= FOLLOWED else unknown
    obeyed = [place for place, night in enumerate(known) if abs(night.followed) >= NOT_FOLLOWED]
    since = datetime.fromtimestamp(known[obeyed[-1] + 1 if obeyed else 0].at_s - DAY_S, UTC)
    return present(row, known[-1], since, span)


def present(row: GaugeHours, night: Night, since: datetime, span: Span) -> Verdict:
    """Say that a lamp does not follow."""
    high, low = f"{night.high_percent:.0f} %", f"{night.low_percent:.0f} %"
    high_w, low_w = number(round(night.high_w, 1)), number(round(night.low_w, 1))
    due_w = number(round(night.high_w * night.low_percent / night.high_percent, 1))
    return Verdict(
        row.asset_id,
        span.ends_at,
        True,
        since,
        score=max(0.0, 1 - night.followed),
        severity="info",
        sentence_en=(
            f"{row.name} does not follow its dimming: at {low} it draws {low_w} W and at {high} {high_w} W in the same"
            f" night, about {due_w} W are due at {low}; since {local_day(since, span.time_zone)}. To do: check the line"
            " between controller and driver (DALI, 1-10 V), and the driver's setting."
        ),
        sentence_fr=(
            f"{row.name} ne suit pas sa gradation : à {low} elle consomme {french_number(low_w)} W et à {high}"
            f" {french_number(high_w)} W la même nuit, environ {french_number(due_w)} W sont attendus à {low} ; depuis"
            f" le {local_day_fr(since, span.time_zone)}. À faire : contrôler la liaison entre pilote et driver (DALI,"
            " 1-10 V) et le réglage du driver."
        ),
        evidence={
            "high_level_percent": round(night.high_percent, 1),
            "low_level_percent": round(night.low_percent, 1),
            "power_at_high_w": round(night.high_w, 2),
            "power_at_low_w": round(night.low_w, 2),
            "followed_share": round(night.followed, 3),
            "quantity": "active_power",
            "curve_from": (since - timedelta(days=7)).isoformat(),
            "curve_to": span.ends_at.isoformat(),
        },
    )


HINT = Hint(
    name="dimming_not_followed",
    asset_types=("street_light",),
    rhythm="night",
    reach=REACH,
    version="2",
    read=partial(read_gauge_hours, quantities=("active_power", *ORDERS)),
    tell=tell,
    stride=timedelta(days=14),
)
