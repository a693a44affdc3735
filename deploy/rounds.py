"""Import of rounds done: from vehicles' tracks, or as people declare them."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from zoneinfo import ZoneInfo

from deploy.errors import SettingError
from sensors.telematics.declared import read_declared
from sensors.telematics.lifts import Ambiguous, Lift, LiftRule, find_lifts
from sensors.telematics.rounds import DrivenRound, RoundRule, find_rounds
from sensors.telematics.track import Tracks, UnreadableTrackError, read_tracks
from store.rounds import Connection, insert_lifts, insert_rounds, read_containers
from store.territory import find_territory

MOST_BYTES = 256 << 20
N_SHOWN = 10


@dataclass(frozen=True, slots=True)
class TrackOptions:
    """How a telematics file is read. `streams`: which stream a vehicle collects, `columns`: of a CSV by field."""

    columns: Mapping[str, str]
    vehicle: str | None
    streams: Mapping[str, str]
    lift_rule: LiftRule
    round_rule: RoundRule


@dataclass(frozen=True, slots=True)
class RoundsFound:
    """What a telematics file tells."""

    tracks: Tracks
    lifts: list[Lift]
    rounds: list[DrivenRound]
    left: list[Lift]
    ambiguous: list[Ambiguous]
    unplaced: list[str]


def find_in_tracks(connection: Connection, territory: str, path: Path, options: TrackOptions) -> RoundsFound:
    """Find lifts and rounds in a file; nothing is written. Raises SettingError."""
    zone = zone_of(connection, territory)
    try:
        tracks = read_tracks(read(path), zone, options.columns, options.vehicle)
    except UnreadableTrackError as error:
        raise SettingError(f"{path}: {error}") from error
    containers, unplaced = read_containers(connection, territory)
    if not containers:
        raise SettingError(f"no waste container of {territory!r} has a position: import them first")
    lifts, ambiguous = [], []
    for positions in tracks.positions.values():
        found, unclear = find_lifts(positions, containers, options.lift_rule, options.streams)
        lifts += found
        ambiguous += unclear
    sizes = Counter((found.sector, found.waste_stream) for found in containers)
    rounds, left = find_rounds(lifts, tracks.positions, sizes, options.round_rule)
    return RoundsFound(tracks, lifts, rounds, left, ambiguous, unplaced)


def write_found(connection: Connection, territory: str, found: RoundsFound, rule: LiftRule) -> tuple[int, int]:
    """Write lifts and rounds in one transaction, and count those that are new."""
    with connection.transaction():
        n_lifts = insert_lifts(connection, territory, "telematics", found.lifts, rule.same_lift_s)
        return n_lifts, insert_rounds(connection, territory, "telematics", found.rounds)


def account(found: RoundsFound) -> Iterable[str]:
    """Say what a telematics file tells, and what it does not."""
    n_positions = sum(len(each) for each in found.tracks.positions.values())
    yield f"{n_positions} positions of {len(found.tracks.positions)} vehicles"
    for line, reason in found.tracks.refused[:N_SHOWN]:
        yield f"  refused line {line}: {reason}"
    if len(found.tracks.refused) > N_SHOWN:
        yield f"  refused: {len(found.tracks.refused) - N_SHOWN} more lines"
    for each in found.rounds:
        span = f"{each.started_at:%Y-%m-%d %H:%M} to {each.ended_at:%H:%M %Z}"
        what = f"{each.n_lifts} lifts, {each.distance_km or 0.0:.1f} km, {', '.join(each.vehicles)}"
        yield f"  round {each.sector}, {each.waste_stream}: {span}, {what}"
    if found.ambiguous:
        first = found.ambiguous[0]
        yield (
            f"  not attributed: {len(found.ambiguous)} stays near containers of several streams, such as "
            f"{first.vehicle} at {first.at.isoformat(timespec='seconds')} ({', '.join(first.slugs)}): say --stream"
        )
    without = [lift for lift in found.left if not (lift.container.sector and lift.container.waste_stream)]
    if without:
        yield f"  no round: {len(without)} lifts of containers without sector or stream"
    if len(found.left) > len(without):
        yield f"  no round: {len(found.left) - len(without)} lifts, too few at a time in their sector and stream"
    if found.unplaced:
        yield f"  not looked at: {len(found.unplaced)} containers without position"


def import_declared(
    connection: Connection, territory: str, path: Path, columns: Mapping[str, str], *, preview: bool
) -> tuple[int, int, list[tuple[int, str]]]:
    """Read declared rounds and write them: how many there are, how many are new, and the refused lines.

    Raises
    ------
    SettingError
        The file cannot be read, or there is no such territory.
    """
    zone = zone_of(connection, territory)
    try:
        declared = read_declared(read(path), zone, columns)
    except UnreadableTrackError as error:
        raise SettingError(f"{path}: {error}") from error
    with connection.transaction():
        n_new = 0 if preview else insert_rounds(connection, territory, "declared", declared.rounds)
    return len(declared.rounds), n_new, list(declared.refused)


def zone_of(connection: Connection, territory: str) -> ZoneInfo:
    """Give the zone of a territory. Raises SettingError where there is none."""
    found = find_territory(connection, territory)
    if found is None:
        raise SettingError(f"there is no territory {territory!r}")
    return ZoneInfo(found.time_zone)


def read(path: Path) -> bytes:
    """Read a file. Raises SettingError."""
    try:
        if path.stat().st_size > MOST_BYTES:
            raise SettingError(f"{path} is larger than {MOST_BYTES >> 20} MB: cut it")
        return path.read_bytes()
    except OSError as error:
        raise SettingError(f"{path} cannot be read: {error.strerror or error}") from error
