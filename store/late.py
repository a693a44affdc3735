"""Values that come late: hours noted for detectors, checkpoints to score from again, findings told anew."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from psycopg.types.json import Jsonb

from store.inputs import EVERY, Connection
from store.results import Finding, finding_parameters
from store.sql import load_queries

QUERIES = load_queries(__file__)


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """What had been learnt of a series up to `scored_to`, out of `n_scored` values; an empty state is the beginning."""

    series_id: int
    scored_to: datetime
    version: str
    n_scored: int
    state: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Standing:
    """A finding as it stands; it goes on where `ended_at` is None. One that was withdrawn may be told again."""

    finding_id: int
    started_at: datetime
    ended_at: datetime | None
    is_withdrawn: bool


def take_late_hours(connection: Connection, block: range = EVERY) -> int:
    """Hand noted hours on to the states of the series of a block; give how many states are concerned."""
    return connection.execute(QUERIES["take_late_hours"], {"first_id": block.start, "end_id": block.stop}).rowcount


def read_checkpoints(connection: Connection, detector: str, series_ids: Sequence[int]) -> dict[int, list[Checkpoint]]:
    """Read the checkpoints of these series, the oldest first."""
    found: dict[int, list[Checkpoint]] = {}
    if series_ids:
        parameters = {"detector": detector, "series_ids": list(series_ids)}
        for row in connection.execute(QUERIES["read_checkpoints"], parameters):
            found.setdefault(row[0], []).append(Checkpoint(*row))
    return found


def begin_checkpoints(connection: Connection, detector: str, version: str, begins: Mapping[int, datetime]) -> None:
    """Note that nothing is known of these series up to an instant."""
    parameters = {"detector": detector, "version": version, "series_ids": list(begins), "begins": list(begins.values())}
    connection.execute(QUERIES["begin_checkpoints"], parameters)


def keep_checkpoints(connection: Connection, detector: str, series_ids: Sequence[int]) -> None:
    """Keep the states of these series as they stand, and one checkpoint before."""
    connection.execute(QUERIES["keep_checkpoints"], {"detector": detector, "series_ids": list(series_ids)})


def drop_checkpoints(connection: Connection, detector: str, after: Mapping[int, datetime]) -> None:
    """Drop the checkpoints of series that are newer than an instant."""
    parameters = {"detector": detector, "series_ids": list(after), "after": list(after.values())}
    connection.execute(QUERIES["drop_checkpoints"], parameters)


def note_checkpoints(connection: Connection, detector: str, series_ids: Iterable[int]) -> None:
    """Note in the states of these series how far their checkpoints reach."""
    if chosen := sorted(series_ids):
        connection.execute(QUERIES["note_checkpoints"], {"detector": detector, "series_ids": chosen})


def read_standing(
    connection: Connection, about: tuple[int, int], of: tuple[str, str], since: datetime
) -> list[Standing]:
    """Read the findings about a (territory, series), of a (kind, model), that began at an instant or later."""
    parameters = {"territory_id": about[0], "series_id": about[1], "kind": of[0], "model": of[1], "since": since}
    return [Standing(*row) for row in connection.execute(QUERIES["read_standing"], parameters)]


def withdraw_finding(
    connection: Connection, finding_id: int, ended_at: datetime, note: Mapping[str, Any], sentences: tuple[str, str]
) -> int:
    """End a finding that is no longer told, saying so in its (English, French) sentences; give how many that were."""
    parameters = {"finding_id": finding_id, "ended_at": ended_at, "note": Jsonb({"withdrawn": dict(note)})}
    parameters |= {"sentence_en": sentences[0], "sentence_fr": sentences[1]}
    return connection.execute(QUERIES["withdraw_finding"], parameters).rowcount


def retell_finding(connection: Connection, finding_id: int, finding: Finding, ended_at: datetime | None) -> int:
    """Let a standing finding say what this one says; give how many changed (0 or 1)."""
    parameters = {**told(finding, ended_at), "finding_id": finding_id}
    return connection.execute(QUERIES["retell_finding"], parameters).rowcount


def insert_finding(connection: Connection, finding: Finding, ended_at: datetime | None) -> None:
    """Write a finding that is told for the first time."""
    connection.execute(QUERIES["insert_finding"], told(finding, ended_at))


def told(finding: Finding, ended_at: datetime | None) -> dict[str, Any]:
    """Name the fields as the queries do; nothing ends before it began."""
    ended_at = None if ended_at is None else max(ended_at, finding.started_at)
    return finding_parameters(finding) | {"ended_at": ended_at}
