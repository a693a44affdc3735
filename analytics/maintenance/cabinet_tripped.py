"""A light cabinet without current: its breaker has tripped, and all its lamps are dark.

Its own meter tells, whether its lamps are metered or not, in either of two ways, for two hours on end (the last of a
night and the first of the next are not: a clock that is an hour out is no trip):
- it still answers and its voltage, on all phases, has fallen below three tenths of the usual: by day too;
- its power has fallen below a tenth of what it usually draws in that hour of the day, in an hour in which its lamps owe
  light throughout, by the sun and by the council's hours (`analytics.lighting.duty`), and usually give it.
Usual is the median of the seven days before, of what is any voltage. A meter that says nothing is silent, not dark. It
is over with the first hour in which voltage is back, or light is owed and drawn. After days without any that is usual:
it is said no more, but not taken back. What a cabinet draws beside its lamps (a router, a heater) is no light: light is
three times what it draws by day, or in the darkest hours in which its lamps owe light.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import numpy as np

from analytics.baseline.nights import Place
from analytics.lighting.duty import Floats, duty_of, make_clock
from analytics.maintenance import Hint, Span, Verdict
from analytics.sentence import local_clock, local_clock_fr
from store.baseline import ScheduledHours, read_schedules
from store.cabinets import CabinetHours, read_cabinet_hours
from store.inputs import Connection, Window

HOUR = timedelta(hours=1)
PER_DAY = 24
N_DAYS = 7
LEAST_DAYS = 3
DEPRESSION_DEG = 6.0  # civil dusk: every photocell has switched on by then
OWED = 0.999  # of an hour
DARK_BELOW, VOLTLESS_BELOW = 0.1, 0.3
GIVES_FROM = 0.3  # of the median burning power: in the hours of an order that nobody entered it usually gives less
LIT_FROM = GIVES_FROM / DARK_BELOW  # times what is left when the lamps are dark
LEAST_W, LEAST_V = 20.0, 50.0  # a smaller load is no lighting, a lower voltage no mains
N_DARK = 2

Read = tuple[Sequence[CabinetHours], Sequence[ScheduledHours]]


@dataclass(frozen=True, slots=True)
class Signs:
    """What each hour says, (n_hours,): no voltage where there was some, none whatever was, voltage, dark although light
    is owed, light owed and drawn."""

    voltless: np.ndarray
    off: np.ndarray
    fed: np.ndarray
    dark: np.ndarray
    lit: np.ndarray


def read(connection: Connection, window: Window) -> Read:
    """Read the cabinets' hours and the council's."""
    return read_cabinet_hours(connection, window), read_schedules(connection, window)


def tell(inputs: Read, span: Span) -> list[Verdict]:
    """Judge each cabinet hour by hour; `score` is the number of hours known to be without current."""
    cabinets, schedules = inputs
    return [
        verdict
        for cabinet in cabinets
        for verdict in follow(cabinet, signs_of(cabinet, owed(cabinet, schedules, span)), span)
    ]


def owed(cabinet: CabinetHours, schedules: Sequence[ScheduledHours], span: Span) -> Floats:
    """Give the share of each hour in which the cabinet's lamps owe light; none where its place is not known."""
    if cabinet.longitude is None or cabinet.latitude is None:
        return np.zeros(cabinet.watts.size)
    end = cabinet.begins_at + cabinet.watts.size * HOUR
    place = Place(cabinet.longitude, cabinet.latitude, span.time_zone, DEPRESSION_DEG)
    own = [entry for entry in schedules if entry.asset_id == cabinet.asset_id]
    return duty_of(make_clock(cabinet.begins_at.astimezone(UTC), end.astimezone(UTC), span.time_zone), place, own).owed


def signs_of(cabinet: CabinetHours, due: Floats) -> Signs:
    """Compare each hour with the same hour of the days before."""
    usual_w, usual_v = usual(cabinet.watts), usual(np.where(cabinet.volts >= LEAST_V, cabinet.volts, np.nan))
    fed_from = np.fmax(VOLTLESS_BELOW * usual_v, LEAST_V)
    level = middle(cabinet.watts[due >= OWED])
    lit_from = np.nanmax((LEAST_W, GIVES_FROM * level, LIT_FROM * left_w(cabinet.watts, due)))
    with np.errstate(invalid="ignore"):
        is_due = (due >= OWED) & (usual_w >= max(GIVES_FROM * level, LEAST_W))
        is_dark = cabinet.watts < DARK_BELOW * usual_w
        return Signs(
            voltless=np.isfinite(usual_v) & (cabinet.volts < fed_from),
            off=cabinet.volts < fed_from,
            fed=cabinet.volts >= fed_from,
            dark=is_due & is_dark,
            lit=(due >= OWED) & (cabinet.watts >= lit_from) & ~is_dark,
        )


def left_w(watts: Floats, due: Floats) -> float:
    """Give what a cabinet draws beside its lamps [W]: its middle by day, or the second lowest in hours that owe light.

    The lower of both (one odd hour does not set it), NaN where neither is known.
    """
    night = watts[(due >= OWED) & np.isfinite(watts)]
    lowest = float(np.partition(night, 1)[1]) if night.size > 1 else np.nan
    return float(np.fmin(middle(watts[due <= 0]), lowest))


def middle(values: Floats) -> float:
    """Give the median of what is known, NaN where nothing is."""
    return float(np.nanmedian(values)) if np.isfinite(values).any() else np.nan


def usual(hourly: Floats) -> Floats:
    """Give the median of the same hour of the days before, NaN where fewer than three are known."""
    shifted = np.full((N_DAYS, hourly.size), np.nan)
    for day in range(1, min(N_DAYS, (hourly.size - 1) // PER_DAY) + 1):
        shifted[day - 1, day * PER_DAY :] = hourly[: hourly.size - day * PER_DAY]
    enough = np.isfinite(shifted).sum(axis=0) >= LEAST_DAYS
    found = np.full(hourly.size, np.nan)
    if enough.any():
        found[enough] = np.nanmedian(shifted[:, enough], axis=0)
    return found


def follow(cabinet: CabinetHours, signs: Signs, span: Span) -> Iterable[Verdict]:
    """Go through the hours: without current from the second one on end that says so, until one says otherwise."""
    dark: list[int] = []
    is_voltless = False
    for index in range(cabinet.watts.size):
        ends_at = cabinet.begins_at + (index + 1) * HOUR
        if signs.voltless[index] or signs.dark[index]:
            is_next = bool(dark) and index - dark[-1] == 1
            dark = [*dark, index] if is_next or len(dark) >= N_DARK else [index]
            is_voltless = bool(signs.voltless[index])
            if len(dark) >= N_DARK and ends_at > span.begins_at:
                yield present(cabinet, dark, is_voltless, ends_at, span)
        elif signs.lit[index] or (is_voltless and signs.fed[index]):
            if ends_at > span.begins_at and (dark or is_voltless or ends_at - HOUR <= span.begins_at):
                yield Verdict(cabinet.asset_id, ends_at - HOUR, False, span.begins_at)
            dark, is_voltless = [], False
        else:
            is_voltless = is_voltless or bool(signs.off[index])


def present(cabinet: CabinetHours, dark: Sequence[int], is_voltless: bool, at: datetime, span: Span) -> Verdict:
    """Say that a cabinet is without current."""
    since = cabinet.begins_at + dark[0] * HOUR
    watts = float(cabinet.watts[dark[-1]])
    known_w = "" if np.isnan(watts) else f"{watts:.0f} W"
    how_en = "no voltage" if is_voltless else f"hardly any power ({known_w}) although its lamps should burn"
    how_fr = (
        "plus de tension"
        if is_voltless
        else f"presque plus de puissance ({known_w}) alors que ses lampes devraient être allumées"
    )
    return Verdict(
        cabinet.asset_id,
        at,
        True,
        since,
        score=float(len(dark)),
        severity="urgent",
        sentence_en=(
            f"{cabinet.name}: {how_en} since {local_clock(since, span.time_zone)} ({len(dark)} h). All its lamps are"
            " without current. To do: check and reset its breaker, look for the short circuit."
        ),
        sentence_fr=(
            f"{cabinet.name} : {how_fr} depuis le {local_clock_fr(since, span.time_zone)} ({len(dark)} h). Toutes ses"
            " lampes sont sans courant. À faire : contrôler et réarmer son disjoncteur, chercher le court-circuit."
        ),
        evidence={
            "n_dark_hours": len(dark),
            "power_w": None if np.isnan(watts) else watts,
            "is_voltless": is_voltless,
            "curve_from": (since - timedelta(days=1)).isoformat(),
            "curve_to": at.isoformat(),
        },
    )


HINT = Hint(
    name="cabinet_tripped",
    asset_types=("light_cabinet",),
    rhythm=HOUR,
    reach=timedelta(days=N_DAYS + 3),
    version="3",
    read=read,
    tell=tell,
    stride=timedelta(days=28),
)
