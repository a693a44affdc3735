"""Hints about air handling units: the same look at their days, one hint for each kind of fault."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from functools import partial
from itertools import groupby
from zoneinfo import ZoneInfo

import numpy as np

from analytics.hvac.diagnosis import Kind, Sign
from analytics.hvac.outlook import TEACHING_DAYS, Outlook, look
from analytics.hvac.unit import ASKED, STEP_S, Flags, Steps, lay_out
from analytics.hvac.words import tell_sign
from analytics.maintenance import Hint, Span, Verdict
from analytics.sentence import local_clock, local_clock_fr
from store.building import OpeningHours, read_opening_hours
from store.hvac import read_unit_signals
from store.inputs import Connection, Window

AROUND_OPENING = timedelta(hours=2)  # to heat up before, to air after
DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Unit:
    """An air handling unit's steps, and when its building is open by its entered hours."""

    asset_id: int
    name: str
    steps: Steps
    opening: tuple[OpeningHours, ...]


def unit_hint(kind: Kind) -> Hint:
    """Make the hint of one kind of fault of air handling units."""
    return Hint(
        name=kind,
        asset_types=("air_handling_unit",),
        rhythm="day",
        reach=timedelta(days=TEACHING_DAYS),
        version="1",
        read=read_units,
        tell=partial(tell, kind),
        stride=timedelta(days=28),
    )


def read_units(connection: Connection, window: Window) -> list[Unit]:
    """Read the units of a window."""
    opening = read_opening_hours(connection, window)
    signals = read_unit_signals(connection, window, ASKED, STEP_S)
    units = []
    for (asset_id, name), own in groupby(signals, key=lambda signal: (signal.asset_id, signal.name)):
        steps = lay_out({(one.quantity, one.channel): (one.slots, one.means) for one in own})
        units.append(Unit(asset_id, name, steps, tuple(hours for hours in opening if hours.asset_id == asset_id)))
    return units


def tell(kind: Kind, units: Sequence[Unit], span: Span) -> list[Verdict]:
    """Judge each unit at each midnight; `score` is the confidence, weighed by kelvins beyond what is allowed."""
    expected = [replace(unit, steps=with_people(unit, span.time_zone)) for unit in units]
    looked = ((unit, part, look(unit.steps, part.ends_at.timestamp())) for part in span.parts() for unit in expected)
    return [judge(kind, unit, part, outlook) for unit, part, outlook in looked]


def with_people(unit: Unit, time_zone: str) -> Steps:
    """Fill in when people are expected, by opening hours, where the unit does not say it itself."""
    steps = unit.steps
    if not unit.opening or np.isfinite(steps.occupied).any():
        return steps
    return replace(steps, occupied=is_open(steps, unit.opening, ZoneInfo(time_zone)).astype(np.float64))


def is_open(steps: Steps, opening: Sequence[OpeningHours], zone: ZoneInfo) -> Flags:
    """Mark the steps in or near opening hours."""
    marked = np.zeros(len(steps), dtype=bool)
    first, last = (datetime.fromtimestamp(at_s, UTC).astimezone(zone).date() for at_s in steps.at_s[[0, -1]])
    for entry in opening:
        for offset in range(-1, (last - first).days + 2):
            day = first + offset * DAY
            if holds(entry, day):
                begin = datetime.combine(day, entry.from_time, zone) - AROUND_OPENING
                end_day = day if entry.to_time > entry.from_time else day + DAY
                end = datetime.combine(end_day, entry.to_time, zone) + AROUND_OPENING
                marked |= (steps.at_s >= begin.timestamp()) & (steps.at_s < end.timestamp())
    return marked


def holds(entry: OpeningHours, day: date) -> bool:
    """Say whether opening hours hold on a day."""
    is_valid = entry.valid_from <= day and (entry.valid_to is None or day < entry.valid_to)
    return is_valid and day.weekday() in entry.weekdays


def judge(kind: Kind, unit: Unit, span: Span, outlook: Outlook | None) -> Verdict:
    """Say whether a unit has a kind of fault at the end of a day."""
    sign = outlook.sign(kind) if outlook else None
    if sign is not None:
        return present(unit, span, sign)
    is_gone = outlook is not None and outlook.is_gone(kind)
    return Verdict(unit.asset_id, span.ends_at, False if is_gone else None, span.begins_at)


def present(unit: Unit, span: Span, sign: Sign) -> Verdict:
    """Say what is wrong with a unit."""
    since = datetime.fromtimestamp(sign.first_s, UTC)
    clock, clock_fr = local_clock(since, span.time_zone), local_clock_fr(since, span.time_zone)
    english, french, do_english, do_french = tell_sign(sign)
    return Verdict(
        unit.asset_id,
        span.ends_at,
        True,
        since,
        score=sign.confidence * (1 + sign.margin_k),
        sentence_en=f"{unit.name}: {english}, since {clock}. To do: {do_english}.",
        sentence_fr=f"{unit.name} : {french}, depuis le {clock_fr}. À faire : {do_french}.",
        evidence={
            "component": sign.component,
            "rule": sign.rule,
            "rule_sources": sign.sources,
            "confidence": round(sign.confidence, 3),
            "hours_broken": sign.broken_h,
            "hours_that_tell": sign.applies_h,
            "margin_k": round(sign.margin_k, 2),
            "found": finite(sign.found),
            "expected": finite(sign.expected),
            "curve_from": (span.ends_at - timedelta(days=TEACHING_DAYS)).isoformat(),
            "curve_to": span.ends_at.isoformat(),
        },
    )


def finite(value: float) -> float | None:
    """Round a number that is known."""
    return round(value, 3) if np.isfinite(value) else None
