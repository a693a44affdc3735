"""Bays: share of time occupied, arrivals per bay and day, mean stay, and a range for the search of a bay.

Occupancy is the time-weighted share of occupied bay time over offered bay time, and turnover the number of vehicles
that a bay serves in a day: the definitions usual in parking studies (Traffic detector handbook, FHWA-HRT-06-108; ITE
Manual of Transportation Engineering Studies, chapter on parking). Mean stay: occupied time over arrivals (J. D. C.
Little, Operations Research 9, 1961, doi:10.1287/opre.9.3.383). A bay that is closed offers no time; one whose sensor
says "unknown" or nothing offers time of which nothing is known.

Months leave out sensors that cannot be believed (`analytics.parking.faulty`), named in the proof: their time is not
known. What is not known of a zone is taken to be like the rest of that zone, so that a street of which half is known
weighs as much as it offers. A day alone cannot tell a stuck sensor from a car that stays: days leave nothing out.

Bounds are the worst cases: all unknown time free, all of it occupied; of a stay, each one that an end of the period
cuts counted as none, or as one. Zones that are assets of their own have figures of their own. The search for bays is
told for months (`analytics.parking.search`), a range by assumptions.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from analytics.kpi import Domain
from analytics.kpi.figure import Figure, Known, hash_inputs, refuse, tell
from analytics.parking.bay_time import FREE, OCCUPIED, UNITS, Bounds, bounds_of, time_of
from analytics.parking.faulty import Faulty, find_faulty
from analytics.parking.search import DEFAULTS, Search, assume, search
from analytics.parking.zone import zone_profiles
from store.baseline import read_time_zone
from store.inputs import Connection, StateAmount, Window, read_states_of
from store.parking import (
    Assumption,
    BayDays,
    ZoneHour,
    read_assumptions,
    read_bay_days,
    read_zone_hours,
)

LOOK_BACK = timedelta(days=28)  # before a month, for what is usual for a bay
LONGEST_DAY = timedelta(hours=26)
MOST_NAMED = 200  # faulty sensors in the proof


@dataclass(frozen=True, slots=True)
class BayInputs:
    """Seconds and entries of the bays' states; for months also their days since `first_on`, and hours of zones.

    `begin` is the first of those days that lies in the period.
    """

    amounts: Sequence[StateAmount]
    days: Sequence[BayDays]
    hours: Sequence[ZoneHour]
    assumptions: Sequence[Assumption]
    time_zone: str
    first_on: date
    begin: int


def read_bays(connection: Connection, window: Window) -> BayInputs:
    """Read the bays' states; for a month their days from four weeks before, and the hours of zones."""
    return read_many_bays(connection, [window])[0]


def read_many_bays(connection: Connection, windows: Sequence[Window]) -> list[BayInputs]:
    """Do the same for several windows."""
    time_zone = read_time_zone(connection, windows[0].territory_id)
    amounts = read_states_of(connection, windows, "occupancy")
    return [with_days(connection, window, own, time_zone) for window, own in zip(windows, amounts, strict=True)]


def with_days(connection: Connection, window: Window, amounts: Sequence[StateAmount], time_zone: str) -> BayInputs:
    """Read what months need beside the bays' states."""
    first_on = (window.begins_at - LOOK_BACK).astimezone(ZoneInfo(time_zone)).date()
    if not amounts or window.ends_at - window.begins_at <= LONGEST_DAY:
        return BayInputs(amounts, (), (), (), time_zone, first_on, 0)
    begins_on = window.begins_at.astimezone(ZoneInfo(time_zone)).date()
    days = read_bay_days(connection, replace(window, begins_at=window.begins_at - LOOK_BACK), first_on)
    begin = (begins_on - first_on).days
    without = sorted({one.asset_id for one in faulty_in(days, begin)})
    hours = read_zone_hours(connection, window, without)
    assumptions = read_assumptions(connection, window.territory_id, list(DEFAULTS), begins_on)
    return BayInputs(amounts, days, hours, assumptions, time_zone, first_on, begin)


def faulty_in(days: Sequence[BayDays], begin: int) -> list[Faulty]:
    """Find the sensors that cannot be believed on any day from `begin` on."""
    return [one for one in find_faulty(days) if one.last >= begin]


def tell_bays(inputs: BayInputs) -> list[Figure]:
    """Tell occupancy [1], turnover [arrivals per bay and day] and mean stay [min] of bays, zones, and all together."""
    faulty = faulty_in(inputs.days, inputs.begin)
    amounts = [without_faulty(amount, inputs, faulty) for amount in inputs.amounts]
    zones = {days.asset_id: days.zone for days in inputs.days}
    single = [
        one
        for asset_id, group in groups_of(amounts, inputs.days).items()
        for one in bay_figures(asset_id, group, zones, inputs)
    ]
    return single + town_figures(inputs, amounts, faulty)


def tell_all_bays(inputs: BayInputs) -> list[Figure]:
    """Tell the same of all bays together, and for months the search."""
    faulty = faulty_in(inputs.days, inputs.begin)
    return town_figures(inputs, [without_faulty(amount, inputs, faulty) for amount in inputs.amounts], faulty)


def groups_of(amounts: Sequence[StateAmount], days: Sequence[BayDays]) -> dict[int, list[StateAmount]]:
    """Group amounts by bay, and by the zones that are assets of their own."""
    zone_of = {bay.asset_id: bay.zone_asset_id for bay in days}
    groups: dict[int, list[StateAmount]] = {}
    for amount in amounts:
        groups.setdefault(amount.asset_id, []).append(amount)
    for amount in amounts:
        zone_id = zone_of.get(amount.asset_id)
        if zone_id is not None:
            groups.setdefault(zone_id, []).append(amount)
    return groups


def town_figures(inputs: BayInputs, amounts: Sequence[StateAmount], faulty: Sequence[Faulty]) -> list[Figure]:
    """Tell the figures of all bays together."""
    if not amounts:
        return []
    zones = {days.asset_id: days.zone for days in inputs.days}
    occupancy, *others = bay_figures(None, amounts, zones, inputs)
    occupancy = replace(occupancy, proof={**occupancy.proof, **town_proof(inputs, faulty)})
    return [occupancy, *others, *search_figures(inputs, occupancy)]


def without_faulty(amount: StateAmount, inputs: BayInputs, faulty: Sequence[Faulty]) -> StateAmount:
    """Take the days on which a sensor cannot be believed out of what it said; the time stays expected."""
    spans = [one for one in faulty if one.series_id == amount.series_id and one.asset_id == amount.asset_id]
    if not spans:
        return amount
    seconds, entries = dict(amount.seconds_by_state), dict(amount.entries_by_state)
    for bay in inputs.days:
        if (bay.asset_id, bay.series_id) != (amount.asset_id, amount.series_id):
            continue
        for day, free_s, occupied_s, arrivals in zip(bay.days, bay.free_s, bay.occupied_s, bay.n_arrivals, strict=True):
            if day >= inputs.begin and any(one.first <= day <= one.last for one in spans):
                seconds[FREE] = max(0.0, seconds.get(FREE, 0.0) - free_s)
                seconds[OCCUPIED] = max(0.0, seconds.get(OCCUPIED, 0.0) - occupied_s)
                entries[OCCUPIED] = max(0, entries.get(OCCUPIED, 0) - arrivals)
    return replace(amount, seconds_by_state=tuple(seconds.items()), entries_by_state=tuple(entries.items()))


def bay_figures(
    asset_id: int | None, amounts: Sequence[StateAmount], zones: Mapping[int, str], inputs: BayInputs
) -> list[Figure]:
    """Tell the three figures of some bays taken together."""
    by_zone: dict[str, list[StateAmount]] = {}
    for amount in amounts:
        by_zone.setdefault(zones.get(amount.asset_id, ""), []).append(amount)
    whole = time_of(amounts)
    parts = [time_of(group) for group in by_zone.values()] if len(by_zone) > 1 else [whole]
    proof = {
        "n_series": whole.n_bays,
        "occupied_s": whole.occupied_s,
        "offered_s": whole.offered_s,
        "arrivals": whole.arrivals,
    }
    known = Known(whole.covered_s, whole.offered_s, hash_inputs([*amounts, inputs.begin]), proof)
    bounds = bounds_of(whole, parts)
    figures = [tell(kpi, asset_id, UNITS[kpi], bounds[kpi], known) for kpi in ("bay_occupancy", "bay_turnover")]
    if not inputs.days and asset_id is not None:
        return figures  # the few stays of a bay on one day have no mean worth a row
    stay = tell("bay_stay_duration", asset_id, "min", bounds["bay_stay_duration"], known)
    if not whole.arrivals and whole.covered_s > 0:
        stay = refuse(stay, "no car came: there is no stay to measure")
    return [*figures, stay]


def town_proof(inputs: BayInputs, faulty: Sequence[Faulty]) -> dict[str, Any]:
    """Give the rhythms of zones, and the sensors that were left out with their days; for months alone."""
    if not inputs.days:
        return {}
    named = [
        {
            "asset_id": one.asset_id,
            "kind": one.kind,
            "from": (inputs.first_on + timedelta(days=max(one.first, inputs.begin))).isoformat(),
            "to": (inputs.first_on + timedelta(days=one.last + 1)).isoformat(),
        }
        for one in faulty
    ]
    return {
        "n_left_out": len({one.asset_id for one in faulty}),
        "left_out": named[:MOST_NAMED],
        "zones": zone_profiles(inputs.hours, inputs.time_zone),
    }


def search_figures(inputs: BayInputs, occupancy: Figure) -> list[Figure]:
    """Tell distance [km] and emissions [kg CO2 equivalent] of the search for bays, for months alone."""
    if not inputs.days:
        return []
    assumed = assume(inputs.assumptions)
    found = search(inputs.hours, assumed)
    reason = occupancy.withheld or (None if found else "no car came")
    proof = {"assumptions": {name: [assumed[name], DEFAULTS[name][1]] for name in DEFAULTS}} | search_proof(found)
    hashed = hash_inputs([*inputs.hours, *inputs.assumptions])
    figures = []
    for kpi, unit, factor in (
        ("parking_search_distance", "km", 1.0),
        ("parking_search_emissions", "kg", assumed["parking_search_emissions"]),
    ):
        ends: Bounds = (None, None, None)
        if found and not reason:
            ends = (found.low_km * factor, found.middle_km * factor, found.high_km * factor)
        figures.append(
            Figure(kpi, None, unit, ends[1], ends[0], ends[2], occupancy.completeness, hashed, reason, proof)
        )
    return figures


def search_proof(found: Search | None) -> dict[str, Any]:
    """Give the numbers behind a search."""
    if found is None:
        return {}
    return {"arrivals": found.n_arrivals, "share_of_arrivals_above_85_percent": round(found.share_above_85, 4)}


DOMAINS = (
    Domain(
        name="parking_bays",
        kpis=(*UNITS, "parking_search_distance", "parking_search_emissions"),
        rhythm="day",
        asset_types=("parking_bay",),
        method="time-weighted share of states, by zone, without faulty sensors",
        method_version="4",
        read=read_bays,
        read_many=read_many_bays,
        tell=tell_bays,
        tell_town_of=tell_all_bays,
        holds_values=True,
    ),
)
