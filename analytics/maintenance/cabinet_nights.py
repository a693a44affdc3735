"""Cabinets judged night by night through their own meter: shared by the hints about lamps that nobody meters."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from analytics.lighting.steps import Hours, lay_out
from analytics.maintenance import Span, Verdict
from analytics.maintenance.cabinet_tripped import OWED, owed
from store.baseline import ProjectAsset, ScheduledHours, read_projects, read_schedules
from store.cabinets import CabinetHours, CabinetLamps, read_cabinet_hours, read_cabinet_lamps
from store.incidents import Notice, read_notices
from store.inputs import Connection, Window

REACH = timedelta(days=45)
BEFORE_FALL = timedelta(days=90)  # what hangs for some weeks of these, festive lights, is no feeder when it is gone
METERED_SHARE = 0.5  # of the lamps that measure themselves: from there on they are judged one by one
AROUND_NOTICE, AFTER_PROJECT = timedelta(days=1), timedelta(days=14)
FEEDER_SHARE, FEEDER_LAMPS = 0.15, 3  # of a cabinet's power, and lamps, that are more than single lamps


@dataclass(frozen=True, slots=True)
class Cabinets:
    """The cabinets' hours, the council's, what is known of the lamps behind, and what was announced or renewed."""

    hours: Sequence[CabinetHours]
    schedules: Sequence[ScheduledHours]
    lamps: Sequence[CabinetLamps]
    notices: Sequence[Notice] = ()
    projects: Sequence[ProjectAsset] = ()


@dataclass(frozen=True, slots=True)
class Cabinet:
    """A cabinet whose lamps nobody meters: its name, its number of lamps (None: not known), its nights, works on it."""

    asset_id: int
    name: str
    n_lamps: float | None
    nights: Hours
    works: Sequence[tuple[datetime, datetime]] = ()

    def is_under_work(self, noon: datetime) -> bool:
        """Say whether lamps may have been changed before the night that begins at a noon."""
        return any(begins_at <= noon <= ends_at for begins_at, ends_at in self.works)


def read(connection: Connection, window: Window) -> Cabinets:
    """Read what is judged."""
    return Cabinets(
        read_cabinet_hours(connection, window),
        read_schedules(connection, window),
        read_cabinet_lamps(connection, window),
        [
            one
            for one in read_notices(connection, window.territory_id, window.begins_at, window.ends_at)
            if one.asset_id is not None
        ],
        read_projects(connection, window, "lighting"),
    )


def judge_cabinets(inputs: Cabinets, span: Span, judge: Callable[[Cabinet, Span], Verdict]) -> list[Verdict]:
    """Judge each cabinet at each noon."""
    cabinets = list(look_at(inputs, span))
    return [judge(cabinet, part) for part in span.parts() for cabinet in cabinets]


def curve_of(since: datetime, span: Span) -> dict[str, Any]:
    """Say what is to be drawn beside a finding."""
    return {
        "quantity": "active_power",
        "curve_from": (since - timedelta(days=7)).isoformat(),
        "curve_to": span.ends_at.isoformat(),
    }


def look_at(inputs: Cabinets, span: Span) -> Iterator[Cabinet]:
    """Lay the nights of the cabinets with unmetered lamps out."""
    lamps = {one.asset_id: one for one in inputs.lamps}
    for cabinet in inputs.hours:
        known = lamps.get(cabinet.asset_id)
        n_lamps = known.n_lamps if known is not None and known.n_lamps else None
        if known is not None and n_lamps is not None and known.n_metered >= METERED_SHARE * n_lamps:
            continue
        is_owed = owed(cabinet, inputs.schedules, span) >= OWED
        nights = lay_out(cabinet.watts, is_owed, cabinet.begins_at, span.time_zone)
        works = works_on(cabinet.asset_id, inputs, ZoneInfo(span.time_zone))
        yield Cabinet(cabinet.asset_id, cabinet.name, n_lamps, nights, works)


def works_on(asset_id: int, inputs: Cabinets, zone: ZoneInfo) -> list[tuple[datetime, datetime]]:
    """Give the spans in which a cabinet's lamps may have been changed: notices about it, and its projects.

    A project's works begin when its baseline is over, and are done some days after it is said to have started.
    """
    announced = [
        (one.begins_at - AROUND_NOTICE, one.ends_at + AROUND_NOTICE)
        for one in inputs.notices
        if one.asset_id == asset_id
    ]
    renewed = [
        tuple(datetime.combine(day, time(), zone).astimezone(UTC) for day in (one.baseline_to, one.started_on))
        for one in inputs.projects
        if one.asset_id == asset_id
    ]
    return [*announced, *((begin, end + AFTER_PROJECT) for begin, end in renewed)]


def is_feeder(share: float, n_lamps: float | None) -> bool:
    """Say whether a change by this share of the usual power at once is that of a feeder rather than of single lamps."""
    return share >= FEEDER_SHARE and (n_lamps is None or share * n_lamps >= FEEDER_LAMPS - 0.5)
