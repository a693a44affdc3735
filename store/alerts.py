"""Alerts: incidents that somebody is told about, what is to be sent to whom, and who acknowledged it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time

from psycopg.rows import dict_row

from sensors.language import Language
from sensors.severity import Severity
from store.audit import Line, write_line
from store.inputs import Connection
from store.keys import digest
from store.reader import Connection as Reader
from store.reader import Row, fetch
from store.sql import load_queries
from store.technician import NotThereError

QUERIES = load_queries(__file__)
ALL: Mapping[str, str | int | None] = {"after": 0, "alert_id": None, "territory": None, "kind": None, "state": "open"}


class AcknowledgedError(ValueError):
    """Somebody has acknowledged it already."""


@dataclass(frozen=True, slots=True)
class OpenIncident:
    """An incident that goes on, with the kinds of its findings, its alert where it has one, and its assets: the one it
    is about, else those of its findings."""

    incident_id: int
    territory_id: int
    time_zone: str
    cause: str
    severity: Severity
    created_at: datetime
    n_findings: int
    kinds: Sequence[str]
    alert_id: int | None
    is_acknowledged: bool
    asset_ids: Sequence[int]


@dataclass(frozen=True, slots=True)
class Rule:
    """Who is told of what: the channels in their order, of a rota with when they take turns (else `first_on` None)."""

    rule_id: int
    kinds: Sequence[str]
    least_severity: Severity
    escalate_min: int | None
    created_at: datetime
    channel_ids: Sequence[int]
    first_on: date | None
    hand_over: time | None
    days_each: int | None
    time_zone: str | None


@dataclass(frozen=True, slots=True)
class Mute:
    """Local hours of each day in which only what is at least `loud_from` is told."""

    begins: time
    ends: time
    loud_from: Severity


@dataclass(frozen=True, slots=True)
class Step:
    """A message of an alert: by which rule, to which channel, the how many-eth of that rule, not before when."""

    rule_id: int
    channel_id: int
    step: int
    release_at: datetime


@dataclass(frozen=True, slots=True)
class Link:
    """What a link in a message leads to."""

    alert_id: int
    kind: str
    severity: Severity
    acknowledged_by: str | None
    sentence_fr: str | None
    sentence_en: str | None
    channel: str
    language: Language


def find_occasion(connection: Connection) -> str:
    """Give a text that differs whenever there may be something to tell."""
    row = connection.execute(QUERIES["find_occasion"]).fetchone()
    return str(row and row[0])


def settle(connection: Connection, now: datetime) -> int:
    """Bring alerts in line with their incidents, alone until the transaction ends; give how many ended."""
    connection.execute(QUERIES["lock_raising"])
    connection.execute(QUERIES["follow_merged"])
    connection.execute(QUERIES["reopen_alerts"])
    n_ended = connection.execute(QUERIES["end_alerts"], {"now": now}).rowcount
    connection.execute(QUERIES["drop_settled"], {"now": now})
    return n_ended


def read_open(connection: Connection) -> list[OpenIncident]:
    """Read the incidents that go on, where anybody wants to be told of any."""
    return [OpenIncident(*row) for row in connection.execute(QUERIES["read_open"])]


def read_rules(connection: Connection, territory_id: int) -> list[Rule]:
    """Read the rules that hold for a territory: its own and those above it."""
    return [Rule(*row) for row in connection.execute(QUERIES["read_rules"], {"territory_id": territory_id})]


def read_mutes(connection: Connection, territory_id: int) -> list[Mute]:
    """Read the mutes that hold for a territory: its own and those above it."""
    return [Mute(*row) for row in connection.execute(QUERIES["read_mutes"], {"territory_id": territory_id})]


def write_alert(connection: Connection, incident: OpenIncident, kind: str, now: datetime) -> int:
    """Open the alert of an incident, or bring it up to date, and give its number."""
    fields = {"kind": kind, "severity": incident.severity}
    if incident.alert_id is not None:
        connection.execute(QUERIES["update_alert"], {**fields, "alert_id": incident.alert_id})
        return incident.alert_id
    place = {"territory_id": incident.territory_id, "incident_id": incident.incident_id, "now": now}
    row = connection.execute(QUERIES["insert_alert"], {**fields, **place}).fetchone()
    if row is None:
        raise LookupError(f"incident {incident.incident_id} is gone")
    return int(row[0])


def read_steps(connection: Connection, alert_id: int) -> list[Step]:
    """Read what was written to whom about an alert."""
    return [Step(*row) for row in connection.execute(QUERIES["read_steps"], {"alert_id": alert_id})]


def write_message(connection: Connection, alert_id: int, step: Step, now: datetime) -> int:
    """Put a message into the outbox; 0 where the channel was told of this alert already, or is not in use."""
    fields = {name: getattr(step, name) for name in Step.__slots__}
    return connection.execute(QUERIES["insert_message"], {**fields, "alert_id": alert_id, "now": now}).rowcount


def hasten_messages(connection: Connection, alert_id: int, release_at: datetime) -> int:
    """Send what waits for a later instant than this one then, and give how many messages there were."""
    parameters = {"alert_id": alert_id, "release_at": release_at}
    return connection.execute(QUERIES["hasten_messages"], parameters).rowcount


def postpone_messages(connection: Connection, alert_id: int, release_at: datetime) -> int:
    """Have what was not tried yet wait until an instant, and give how many messages there were."""
    parameters = {"alert_id": alert_id, "release_at": release_at}
    return connection.execute(QUERIES["postpone_messages"], parameters).rowcount


def acknowledge(
    connection: Connection, alert_id: int, who: str, actor: str, ancestor_ids: Sequence[int] | None = None
) -> None:
    """Note who looks after an alert: nobody else is told of it from now on.

    Raises
    ------
    NotThereError
        There is no such alert for the key.
    AcknowledgedError
        Somebody was quicker; the message names him.
    """
    parameters = {
        "alert_id": alert_id,
        "who": who,
        "ancestor_ids": None if ancestor_ids is None else list(ancestor_ids),
    }
    with connection.transaction():
        found = connection.execute(QUERIES["acknowledge"], parameters).fetchone()
        if found is None:
            row = connection.execute(QUERIES["find_acknowledged"], parameters).fetchone()
            if row is None:
                raise NotThereError(f"there is no alert {alert_id} that this key may see")
            raise AcknowledgedError(f"alert {alert_id} was acknowledged by {row[0]}")
        line = Line(actor, "acknowledge_alert", f"alert {alert_id}", {"who": who}, int(found[0]))
        write_line(connection, line)


def find_link(connection: Connection, token: str) -> Link | None:
    """Give what a link leads to; None where it leads nowhere, any more or ever."""
    row = connection.execute(QUERIES["find_link"], {"token_hash": digest(token)}).fetchone()
    return None if row is None else Link(*row)


def use_link(connection: Connection, token: str) -> int | None:
    """Acknowledge by a link, which leads nowhere afterwards; give the alert, None where it led nowhere.

    Raises
    ------
    AcknowledgedError
        Somebody was quicker; the link is used up nevertheless.
    """
    row = connection.execute(QUERIES["use_link"], {"token_hash": digest(token)}).fetchone()
    if row is None:
        return None
    acknowledge(connection, int(row[0]), str(row[1]), f"link of {row[1]}")
    return int(row[0])


async def list_alerts(connection: Reader, filters: Mapping[str, str | int | None], *, after: int, n: int) -> list[Row]:
    """List alerts, newest first, below the id `after`; filters: alert_id, territory, kind, state."""
    return await fetch(connection, QUERIES["list_alerts"], {**ALL, **filters, "after": after, "n": n})


def read_alerts(connection: Connection, filters: Mapping[str, str | int | None], n: int) -> list[Row]:
    """Read alerts as `list_alerts` lists them."""
    with connection.cursor(row_factory=dict_row) as cursor:
        return cursor.execute(QUERIES["list_alerts"], {**ALL, **filters, "n": n}).fetchall()
