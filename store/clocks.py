"""Clocks of devices: notes beside measurements whose time is not as it was sent, and the rules that correct times."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, NamedTuple

import psycopg

from sensors.clock import ClockRule
from store.intake import Connection, Ints, Times
from store.reader import Connection as ReaderConnection
from store.reader import Row, fetch
from store.sql import load_queries

QUERIES = load_queries(__file__)

RuleState = Literal["proposed", "active", "declined"]


@dataclass(frozen=True, slots=True)
class NewRule:
    """A rule to be written: either `shift_s` [s] is added to the device's own time, or it is civil time of `time_zone`.

    It holds from `begins_at` of the device's own time on; `since` is the arrival of the first message it explains.
    """

    device_id: int
    begins_at: datetime
    since: datetime
    shift_s: float | None
    time_zone: str | None
    state: RuleState
    made_by: str


class ListedClock(NamedTuple):
    """What is known of a device's clock, and one rule for it, if there is any."""

    territory: str
    external_id: str
    verdict: str | None
    offset_s: float | None
    drift_s_per_day: float | None
    since: datetime | None
    rule_id: int | None
    state: RuleState | None
    shift_s: float | None
    time_zone: str | None
    begins_at: datetime | None
    ends_at: datetime | None
    made_by: str | None


class DecidedRule(NamedTuple):
    """A rule after a decision: its device, the arrival of the first message that it explains, the rule."""

    device_id: int
    external_id: str
    since: datetime
    rule: ClockRule


def read_zones(connection: Connection) -> dict[str, str]:
    """Give the time zone of every territory, by its slug."""
    return {slug: zone for slug, zone in connection.execute(QUERIES["read_zones"])}


def note_times(connection: Connection, series_ids: Ints, times_us: Times, flag: str) -> None:
    """Mark measurements by where their instant comes from: `arrival_time`, or `local_time` without an offset."""
    insert_notes(connection, flag, (series_ids, times_us), [None] * len(times_us), [None] * len(times_us))


def note_corrections(
    connection: Connection, series_ids: Ints, times_us: Times, originals_us: Times, rule_ids: Times
) -> None:
    """Keep the device's own time of measurements that a rule made right."""
    details = [f"rule {rule_id}" for rule_id in rule_ids.tolist()]
    insert_notes(connection, "clock_corrected", (series_ids, times_us), originals_us.tolist(), details)


def insert_notes(
    connection: Connection,
    flag: str,
    where: tuple[Ints, Times],
    originals_us: Sequence[int | None],
    details: Sequence[str | None],
) -> None:
    """Write notes beside measurements, by (series, instant)."""
    parameters = {
        "flag": flag,
        "series_ids": where[0].tolist(),
        "times_us": where[1].tolist(),
        "originals_us": originals_us,
        "details": details,
    }
    connection.execute(QUERIES["insert_notes"], parameters)


def find_device(connection: Connection, territory: str, external_id: str) -> int:
    """Give the number of a registered device. Raises LookupError."""
    parameters = {"territory": territory, "external_id": external_id}
    row = connection.execute(QUERIES["find_device"], parameters).fetchone()
    if row is None:
        raise LookupError(f"no device {external_id!r} is registered in {territory!r}")
    return int(row[0])


def list_clocks(connection: Connection, territory: str | None) -> list[ListedClock]:
    """List the clocks that are not in order, and every rule."""
    return [ListedClock(*row) for row in connection.execute(QUERIES["list_clocks"], {"territory": territory})]


def insert_rule(connection: Connection, rule: NewRule) -> ClockRule:
    """Write a rule and give it as it holds: it begins where no other one in force holds any more."""
    parameters = {
        "device_id": rule.device_id,
        "from": rule.begins_at,
        "since": rule.since,
        "shift_s": rule.shift_s,
        "time_zone": rule.time_zone,
        "state": rule.state,
        "made_by": rule.made_by,
    }
    row = connection.execute(QUERIES["insert_rule"], parameters).fetchone()
    if row is None:
        raise LookupError("the rule was not inserted")
    return ClockRule(*row)


def decide_rule(connection: Connection, rule_id: int, state: RuleState, decided_by: str) -> DecidedRule:
    """Accept a proposed rule, or decline any. Raises LookupError, or ValueError where another rule holds then."""
    parameters = {"rule_id": rule_id, "state": state, "decided_by": decided_by}
    try:
        row = connection.execute(QUERIES["decide_rule"], parameters).fetchone()
    except psycopg.errors.ExclusionViolation as error:
        raise ValueError(f"another rule holds at the same time as rule {rule_id}: end that one first") from error
    if row is None:
        raise LookupError(f"no rule {rule_id} waits for that decision")
    return DecidedRule(row[0], row[1], row[2], ClockRule(*row[3:]))


def end_rule(connection: Connection, rule_id: int, ends_at: datetime, decided_by: str) -> int:
    """Let a rule end at an instant of the device's own time and give its device. Raises LookupError."""
    parameters = {"rule_id": rule_id, "ends_at": ends_at, "decided_by": decided_by}
    row = connection.execute(QUERIES["end_rule"], parameters).fetchone()
    if row is None:
        raise LookupError(f"no rule {rule_id} holds after {ends_at.isoformat()}")
    return int(row[0])


def end_running_rules(connection: Connection, device_id: int, ends_at: datetime, decided_by: str) -> int:
    """Let the rule of a device that has no end yet end at an instant of its own time; give how many there were."""
    parameters = {"device_id": device_id, "ends_at": ends_at, "decided_by": decided_by}
    return connection.execute(QUERIES["end_running_rules"], parameters).rowcount


def drop_proposals(connection: Connection, device_id: int) -> None:
    """Take back what was proposed for a device and not decided."""
    connection.execute(QUERIES["drop_proposals"], {"device_id": device_id})


async def list_device_clocks(
    connection: ReaderConnection, filters: Mapping[str, Any], *, after: int, n: int
) -> list[Row]:
    """List clocks with their rules; filters: territory, verdict. Needs a connection of `store.reader.limited`."""
    return await fetch(connection, QUERIES["list_device_clocks"], {**filters, "after": after, "n": n})
