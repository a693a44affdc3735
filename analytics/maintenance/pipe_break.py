"""A pipe that has burst: much more flow than at this hour of other days, and less pressure, at once.

Flow is what leaves between a point and the metered points behind it; usual is the median of the same civil hour of
the fourteen days before. Much more is one and a half times the stretch's mean flow (a week-end or a holiday moves
demand by about its mean), a tenth of all that enters it now (meters that do not speak at the same minute leave a
difference), six times its ordinary difference from day to day and 3 m³/h (less is a leak), whichever is most; half as
much again while fewer than five days are known. Pressure must lie below what is usual at this hour by 0.3 bar and six
times its ordinary difference: what a pipe loses goes with the square of flow (Darcy and Weisbach), so that a burst
shows at once. A trunk main with meters at both ends is told by twice the flow alone: there is so much in it that its
pressure hardly falls, and nobody draws from it who is not metered.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from zoneinfo import ZoneInfo

from analytics.grouping import by_quantity
from analytics.maintenance import Hint, Level, Span, Verdict
from analytics.maintenance.gauges import HOUR_S, Gauges, current
from analytics.maintenance.same_hour import Grid, Habit, grid_of, habits
from analytics.sentence import french_number, local_clock, local_clock_fr, number
from store.gauge_hours import GaugeHours, read_gauge_hours

HOUR = timedelta(hours=1)
REACH = timedelta(days=17)
N_BEFORE = 48  # hours looked back on for the begin of a burst
MEAN_SHARE, ENTERED_SHARE, LEAST_M3_H = 1.5, 0.1, 3.0
SURE_DAYS, UNSURE = 5, 1.5
ALONE = 2.0
LEAST_FALL_BAR = 0.3
N_SIGMAS = 6.0
GONE_SHARE = 0.5


@dataclass(frozen=True, slots=True)
class Pipe:
    """A pipe's habits at the end of each hour: what it keeps [m3/h], what enters it [m3/h], its pressure [bar]."""

    row: GaugeHours
    n_behind: int
    kept: Sequence[Habit | None]
    entered: Sequence[Habit | None]
    pressure: Sequence[Habit | None]


def tell(rows: Sequence[GaugeHours], span: Span) -> list[Verdict]:
    """Judge each pipe at the end of each hour; `score` is the smaller departure, in multiples of its limit."""
    ends = [*(span.begins_at - n * HOUR for n in reversed(range(N_BEFORE))), *span.ends]
    pipes = look_at(by_quantity(rows), span, ends)
    return [verdict for pipe in pipes for verdict in follow(pipe, span, ends)]


def look_at(gauges: Gauges, span: Span, ends: Sequence[datetime]) -> Iterator[Pipe]:
    """Work out the habits of the pipes of which flow and pressure are measured."""
    begin_s = (span.begins_at - REACH).timestamp() // HOUR_S * HOUR_S
    reach_s = span.ends_at.timestamp() - begin_s
    zone = ZoneInfo(span.time_zone)
    flows = {
        asset_id: row
        for asset_id, own in gauges.items()
        if (row := current(own.get("flow", ()), span.ends_at, reach_s)) is not None
    }
    entering = {asset_id: grid_of(row, begin_s, begin_s + reach_s) for asset_id, row in flows.items()}
    behind: dict[int | None, list[Grid]] = {}
    for asset_id, row in flows.items():
        behind.setdefault(row.parent_id, []).append(entering[asset_id])
    for asset_id, row in flows.items():
        pressure = current(gauges[asset_id].get("water_pressure", ()), span.ends_at, reach_s)
        if pressure is None:
            continue
        left = behind.get(asset_id, [])
        kept = Grid(begin_s, entering[asset_id].values - sum(grid.values for grid in left))
        grids = (kept, entering[asset_id], grid_of(pressure, begin_s, begin_s + reach_s))
        yield Pipe(row, len(left), *(habits(grid, ends, zone) for grid in grids))


def follow(pipe: Pipe, span: Span, ends: Sequence[datetime]) -> Iterator[Verdict]:
    """Go through the hours of one pipe, those before the span too, so that it is known since when."""
    since = None
    for end, kept, entered, pressure in zip(ends, pipe.kept, pipe.entered, pipe.pressure, strict=True):
        if kept is None or entered is None or pressure is None:
            continue
        more = (kept.value - kept.usual) / most_usual(kept, entered)
        less = (pressure.usual - pressure.value) / max(LEAST_FALL_BAR, N_SIGMAS * pressure.sigma)
        score = more / ALONE if pipe.n_behind and more >= ALONE else min(more, less)
        since = (since or end - HOUR) if score >= 1 else None
        if end <= span.begins_at:
            continue
        level = Level(kept.value, kept.usual)
        if since is not None:
            bare = Verdict(pipe.row.asset_id, end, True, since, score, level=level)
            yield present(pipe, bare, kept, pressure, span)
        else:
            is_gone = False if more < GONE_SHARE else None
            yield Verdict(pipe.row.asset_id, end - HOUR, is_gone, end - HOUR, level=level)


def most_usual(kept: Habit, entered: Habit) -> float:
    """Give by how much a stretch may exceed its usual flow [m3/h]."""
    limit = max(MEAN_SHARE * kept.mean, ENTERED_SHARE * entered.value, N_SIGMAS * kept.sigma, LEAST_M3_H)
    return limit if kept.n_days >= SURE_DAYS else UNSURE * limit


def present(pipe: Pipe, bare: Verdict, kept: Habit, pressure: Habit, span: Span) -> Verdict:
    """Put a break into words."""
    name, more = pipe.row.name, number(kept.value - kept.usual)
    flow, bar, usual_bar = number(kept.value), number(pressure.value), number(pressure.usual)
    usual = number(kept.usual) if abs(kept.usual) > 0.01 * abs(kept.value) else "0"
    return replace(
        bare,
        severity="urgent",
        sentence_en=(
            f"{name}: {flow} m³/h flow out of this stretch and pressure is {bar} bar, at this hour {usual} m³/h and"
            f" {usual_bar} bar are usual, since {local_clock(bare.started_at, span.time_zone)}: a burst of about {more}"
            " m³/h. To do: find the break, shut the valves around it, warn those who will be without water."
        ),
        sentence_fr=(
            f"{name} : il s'écoule {french_number(flow)} m³/h de ce tronçon sous {french_number(bar)} bar, d'habitude à"
            f" cette heure {french_number(usual)} m³/h et {french_number(usual_bar)} bar, depuis le"
            f" {local_clock_fr(bare.started_at, span.time_zone)} : une rupture d'environ {french_number(more)} m³/h."
            " À faire : trouver la rupture, fermer les vannes autour, prévenir ceux qui seront privés d'eau."
        ),
        evidence={
            "flow_m3_h": round(kept.value, 3),
            "usual_flow_m3_h": round(kept.usual, 3),
            "pressure_bar": round(pressure.value, 3),
            "usual_pressure_bar": round(pressure.usual, 3),
            "n_metered_behind": pipe.n_behind,
            "quantity": "flow",
            "curve_from": (bare.started_at - timedelta(days=2)).isoformat(),
            "curve_to": bare.at.isoformat(),
        },
    )


HINT = Hint(
    name="pipe_break",
    asset_types=("water_pipe",),
    rhythm=HOUR,
    reach=REACH,
    version="1",
    read=partial(read_gauge_hours, quantities=("flow", "water_pressure")),
    tell=tell,
    stride=timedelta(days=14),
)
