"""A period's collection put together: the plan's rounds, the containers' tracks, and what became of each lift.

Emptyings seen in levels are found anew each time and never written down as rounds or lifts: they follow from levels
that may still come or be corrected, and a stored row would outlive its reason.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import numpy as np

from analytics.collection.lifts import DRIVEN, LEFT_OUT, NOT_KNOWN, Account, Planned, Told, account_for
from analytics.collection.track import Track, make_track, make_tracks
from analytics.collection.what_if import Beat, Rerun, rerun
from analytics.kpi.rounds import read_planned_and_done, was_driven
from store.baseline import DoneRound, SeenFill, Slot
from store.collection import (
    ContainerLevels,
    DisplacedHour,
    DoneLift,
    WatchedContainer,
    read_container_levels,
    read_displaced_hours,
    read_lifts_done,
    read_watched_containers,
)
from store.inputs import Connection, Window

LEAD = timedelta(days=21)  # a lift skipped so long ago may still be followed by overflow
Key = tuple[str, str]  # sector and waste stream


@dataclass(frozen=True, slots=True)
class CollectionInputs:
    """Plan and rounds from three weeks before the period on (`untold` and `fills` as in `RoundInputs`), containers with
    their levels, lifts that were told, hours out of place, and the period itself.
    """

    slots: Sequence[Slot]
    done: Sequence[DoneRound]
    untold: Sequence[int]
    fills: Sequence[SeenFill]
    watched: Sequence[WatchedContainer]
    levels: Sequence[ContainerLevels]
    lifts: Sequence[DoneLift]
    displaced: Sequence[DisplacedHour]
    begins_at: datetime
    ends_at: datetime

    @property
    def period(self) -> tuple[float, float]:
        """Give the period in Unix seconds."""
        return self.begins_at.timestamp(), self.ends_at.timestamp()


def read_collection(connection: Connection, window: Window) -> CollectionInputs:
    """Read all that is known of the window's collection."""
    wide = replace(window, begins_at=window.begins_at - LEAD)
    rounds = read_planned_and_done(connection, wide)
    return CollectionInputs(
        slots=rounds.slots,
        done=rounds.done,
        untold=rounds.untold,
        fills=rounds.fills,
        watched=read_watched_containers(connection, window),
        levels=read_container_levels(connection, wide),
        lifts=read_lifts_done(connection, wide),
        displaced=read_displaced_hours(connection, wide),
        begins_at=window.begins_at,
        ends_at=window.ends_at,
    )


def fates_of(n_slots: int, untold: Sequence[int], fills: Sequence[SeenFill]) -> list[int]:
    """Say of each round of the plan whether it was driven: as people told, else as containers show."""
    own: dict[int, list[SeenFill]] = {}
    for fill in fills:
        own.setdefault(fill.index, []).append(fill)
    codes = {True: DRIVEN, False: LEFT_OUT, None: NOT_KNOWN}
    fates = [DRIVEN] * n_slots
    for position, index in enumerate(untold):
        fates[index] = codes[was_driven(own.get(position, []))]
    return fates


def make_accounts(inputs: CollectionInputs, tracks: Mapping[int, Track]) -> dict[int, Account]:
    """Account for the planned lifts of each container, by its id; those of no plan have none."""
    planned = plan_by_key(inputs, fates_of(len(inputs.slots), inputs.untold, inputs.fills))
    lifts = times_by_asset((lift.asset_id, lift.lifted_at) for lift in inputs.lifts)
    displaced = times_by_asset((one.asset_id, one.hour) for one in inputs.displaced)
    accounts = {}
    for one in inputs.watched:
        own = planned.get((one.sector or "", one.waste_stream or ""))
        if own is not None:
            kept = own.begins >= one.since.timestamp()
            own = Planned(own.begins[kept], own.ends[kept], own.rounds[kept])
            told = Told(np.array(lifts.get(one.asset_id, ())), np.array(displaced.get(one.asset_id, ())))
            accounts[one.asset_id] = account_for(tracks.get(one.asset_id) or silent(one), own, told, inputs.period)
    return accounts


def plan_by_key(inputs: CollectionInputs, rounds: Sequence[int]) -> dict[Key, Planned]:
    """Give the rounds of each sector and stream in order of time."""
    indices: dict[Key, list[int]] = {}
    for index in sorted(range(len(inputs.slots)), key=lambda index: inputs.slots[index].begins_at):
        indices.setdefault((inputs.slots[index].sector, inputs.slots[index].waste_stream), []).append(index)
    return {
        key: Planned(
            np.array([inputs.slots[index].begins_at.timestamp() for index in own]),
            np.array([inputs.slots[index].ends_at.timestamp() for index in own]),
            np.array([rounds[index] for index in own]),
        )
        for key, own in indices.items()
    }


def times_by_asset(pairs: Iterable[tuple[int, datetime]]) -> dict[int, list[float]]:
    """Collect instants [Unix s] by container; pairs come in order of time."""
    found: dict[int, list[float]] = {}
    for asset_id, at in pairs:
        found.setdefault(asset_id, []).append(at.timestamp())
    return found


def silent(one: WatchedContainer) -> Track:
    """Make the track of a container of which nothing came."""
    return make_track([ContainerLevels(one.asset_id, -1, "", one.sector, one.waste_stream, None, (), ())])


def tracks_of(inputs: CollectionInputs) -> dict[int, Track]:
    """Make the track of each container of which anything came."""
    return {track.asset_id: track for track in make_tracks(inputs.levels)}


def rerun_at(
    inputs: CollectionInputs, tracks: Mapping[int, Track], thresholds: Sequence[float], least_share: float = 0.0
) -> list[Rerun]:
    """Run the period again at other thresholds [%]."""
    begins: dict[Key, list[float]] = {}
    for slot in inputs.slots:
        if inputs.begins_at <= slot.begins_at:
            begins.setdefault((slot.sector, slot.waste_stream), []).append(slot.begins_at.timestamp())
    by_key: dict[Key, list[Track]] = {}
    for track in tracks.values():
        by_key.setdefault((track.sector or "", track.waste_stream or ""), []).append(track)
    beats = [Beat(by_key.get(key, []), np.sort(np.array(own))) for key, own in sorted(begins.items())]
    return [rerun(beats, inputs.period, threshold, least_share) for threshold in thresholds]
