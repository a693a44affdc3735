"""Work orders written: opened, changed, closed with a verdict; each change with its history, in one transaction.

Whoever changes an order may say which version was seen, so that nobody overwrites what another wrote meanwhile, and may
give a key under which the same request is done once only.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any

import msgspec
import psycopg
from psycopg.rows import dict_row
from psycopg.types.json import Jsonb

from sensors.work_order import Action, Outcome, check_outcome, follow, waiting_state
from store.audit import Line, write_line
from store.feedback import Opinion, give_verdict
from store.idempotency import once
from store.reader import Row
from store.restatement import mark_again
from store.results import Severity
from store.sql import load_queries
from store.technician import NotThereError

QUERIES = load_queries(__file__)
Connection = psycopg.Connection[tuple[Any, ...]]
# Of what happens in one change the last of these names it.
ORDER: tuple[Action, ...] = ("edit", "release", "assign", "unplan", "plan", "start", "close", "cancel")


class StaleError(ValueError):
    """Somebody changed the work order meanwhile."""


class OpenAlreadyError(ValueError):
    """There is an open work order for this trouble; `work_order_id` is its number."""

    def __init__(self, work_order_id: int) -> None:
        super().__init__(f"work order {work_order_id} is open for this already")
        self.work_order_id = work_order_id


@dataclass(frozen=True, slots=True)
class Asked:
    """Who asks for a change, and how.

    Parameters
    ----------
    actor
        The key or command it comes through.
    who
        Whose change it is, in their words.
    ancestor_ids
        Territories of the key; None is whoever has the database.
    version
        The version that was seen; None: whatever it is.
    idempotency_key
        The same key and request of the same actor is done once, and answered the same again, for 30 days.
    """

    actor: str
    who: str
    ancestor_ids: Sequence[int] | None = None
    version: int | None = None
    idempotency_key: str | None = None


@dataclass(frozen=True, slots=True)
class NewOrder:
    """What is to be done: about an incident, a finding, an asset, or a territory, whichever is given first.

    `title` is needed where neither incident nor finding says what it is about. `severity` None is that of what it is
    about, else `warning`.
    """

    incident_id: int | None = None
    finding_id: int | None = None
    asset_id: int | None = None
    territory: str | None = None
    title: str = ""
    note: str = ""
    severity: Severity | None = None
    technician: str | None = None
    planned_at: datetime | None = None
    planned_min: int = 60


@dataclass(frozen=True, slots=True)
class OrderChange:
    """What is to differ: `fields` of title, note, severity, technician, planned_at, planned_min; then one move."""

    fields: Mapping[str, Any]
    move: Action | None = None


def open_order(connection: Connection, new: NewOrder, asked: Asked) -> Row:
    """Open a work order and give it.

    Raises
    ------
    NotThereError
        What it is about is not there for this key.
    OpenAlreadyError
        There is one for this incident or finding.
    KeyTakenError
        The key was used for something else.
    """
    try:
        return once(
            connection,
            (asked.actor, asked.idempotency_key),
            ("open", asdict(new)),
            lambda: insert(connection, new, asked),
        )
    except psycopg.errors.UniqueViolation:  # another was quicker
        standing = find_open(connection, new, asked)
        if standing is None:
            raise
        raise OpenAlreadyError(standing) from None


def find_open(connection: Connection, new: NewOrder, asked: Asked) -> int | None:
    """Give the number of the open order for the same trouble, if there is one."""
    parameters = {**asdict(new), "ancestor_ids": None if asked.ancestor_ids is None else list(asked.ancestor_ids)}
    row = connection.execute(QUERIES["find_open"], parameters).fetchone()
    return None if row is None else int(row[0])


def change_order(connection: Connection, number: int, change: OrderChange, asked: Asked) -> Row:
    """Change a work order that is not closed, and give it; what is so already changes nothing.

    Raises
    ------
    NotThereError
        It is not there for this key.
    StaleError
        It has another version than was seen.
    ImpossibleError
        Its state does not allow it.
    KeyTakenError
        The key was used for something else.
    """

    def act() -> Row:
        before = hold(connection, number, asked)
        fields = {name: value for name, value in change.fields.items() if before[name] != value}
        actions = actions_of(fields, change.move)
        if not actions:
            return before
        after = {**before, **fields}
        for action in actions:
            after["state"] = follow(after["state"], action, after["technician"], after["planned_at"])
        if change.move == "start":
            after["started_at"] = datetime.now(UTC)
        return write(connection, before, after, actions[-1], asked)

    return once(
        connection,
        (asked.actor, asked.idempotency_key),
        ("change", number, asked.version, change.fields, change.move),
        act,
    )


def close_order(connection: Connection, number: int, outcome: Outcome, asked: Asked) -> Row:
    """Close a work order with what came of it; its findings get the verdict, unless somebody judged them before.

    Closing a closed one again corrects what was said. KPIs of the day on which it was closed are told again.

    Raises
    ------
    NotThereError, StaleError, ImpossibleError, KeyTakenError
        As `change_order`.
    OutcomeError
        What is said contradicts itself.
    """

    def act() -> Row:
        now = datetime.now(UTC)
        check_outcome(outcome, now)
        before = hold(connection, number, asked)
        state = follow(before["state"], "close", before["technician"], before["planned_at"])
        closed = {"state": state, "closed_at": before["closed_at"] or now, "closed_by": asked.who}
        after = write(connection, before, {**before, **said(outcome), **closed}, "close", asked)
        judge(connection, before, outcome, asked)
        mark_again(connection, before["territory_id"], after["closed_at"])
        return after

    return once(
        connection, (asked.actor, asked.idempotency_key), ("close", number, asked.version, asdict(outcome)), act
    )


def insert(connection: Connection, new: NewOrder, asked: Asked) -> Row:
    """Write a new order with its first line of history."""
    parameters = {
        **asdict(new),
        "state": waiting_state(new.technician, new.planned_at),
        "who": asked.who,
        "ancestor_ids": None if asked.ancestor_ids is None else list(asked.ancestor_ids),
    }
    standing = find_open(connection, new, asked)
    if standing is not None:
        raise OpenAlreadyError(standing)
    row = connection.execute(QUERIES[source_of(new)], parameters).fetchone()
    if row is None:
        raise NotThereError("what the work order is about is not there for this key")
    after = read(connection, row[0])
    note_change(connection, {}, after, "open", asked)
    return after


def source_of(new: NewOrder) -> str:
    """Name the query that opens an order about what is given."""
    if new.incident_id is not None:
        return "open_from_incident"
    return "open_from_finding" if new.finding_id is not None else "open_by_hand"


def hold(connection: Connection, number: int, asked: Asked) -> Row:
    """Lock an order until the transaction ends, and give it. Raises NotThereError, StaleError."""
    ancestor_ids = None if asked.ancestor_ids is None else list(asked.ancestor_ids)
    parameters = {"work_order_id": number, "ancestor_ids": ancestor_ids}
    if connection.execute(QUERIES["hold_order"], parameters).fetchone() is None:
        raise NotThereError(f"no work order {number}")
    found = read(connection, number)
    if asked.version is not None and asked.version != found["version"]:
        raise StaleError(f"work order {number} is at version {found['version']}, not {asked.version}: look again")
    return found


def read(connection: Connection, number: int) -> Row:
    """Give an order as it stands."""
    with connection.cursor(row_factory=dict_row) as cursor:
        row = cursor.execute(QUERIES["read_order"], {"work_order_id": number}).fetchone()
    if row is None:
        raise NotThereError(f"no work order {number}")
    return row


def actions_of(fields: Mapping[str, Any], move: Action | None) -> list[Action]:
    """Give what changed fields and a move amount to, in the order in which it is done."""
    actions: set[Action] = {move} if move is not None else set()
    if fields.keys() - {"technician", "planned_at"}:
        actions.add("edit")
    if "technician" in fields:
        actions.add("release" if fields["technician"] is None else "assign")
    if "planned_at" in fields:
        actions.add("unplan" if fields["planned_at"] is None else "plan")
    return [action for action in ORDER if action in actions]


def said(outcome: Outcome) -> dict[str, Any]:
    """Name what is said of an order as its columns are."""
    return {**asdict(outcome), "parts": [asdict(part) for part in outcome.parts]}


def write(connection: Connection, before: Row, after: Row, action: Action, asked: Asked) -> Row:
    """Let a version take the place of the one before, and give it as it stands."""
    connection.execute(QUERIES["update_order"], {**after, "parts": Jsonb(after["parts"])})
    written = read(connection, before["work_order_id"])
    note_change(connection, before, written, action, asked)
    return written


def note_change(connection: Connection, before: Row, after: Row, action: Action | str, asked: Asked) -> None:
    """Write the line of history, that of the audit log, and what webhooks are to be told."""
    silent = ("version", "updated_at", "uid", "territory_id")
    differing = {k: v for k, v in after.items() if k not in silent and (k not in before or before[k] != v)}
    body = msgspec.to_builtins({"change": action, "who": asked.who, "work_order": after})
    parameters = {
        "work_order_id": after["work_order_id"],
        "territory_id": after["territory_id"],
        "version": after["version"],
        "action": action,
        "state": after["state"],
        "who": asked.who,
        "actor": asked.actor,
        "detail": Jsonb(msgspec.to_builtins(differing)),
        "body": Jsonb(body),
    }
    for name in ("insert_change", "insert_deliveries"):
        connection.execute(QUERIES[name], parameters)
    subject = f"work order {after['work_order_id']}"
    detail = {"territory": after["territory"], "version": after["version"], "who": asked.who}
    write_line(connection, Line(asked.actor, f"{action}_work_order", subject, detail, after["territory_id"]))


def judge(connection: Connection, order: Row, outcome: Outcome, asked: Asked) -> None:
    """Give the order's findings its verdict: all that nobody else judged; of a correction, those judged before."""
    parameters = {**order, "is_correction": order["state"] == "closed"}
    opinion = opinion_of(outcome, asked.who)
    for (finding_id,) in connection.execute(QUERIES["find_findings"], parameters).fetchall():
        give_verdict(connection, finding_id, opinion, asked.actor)
        connection.execute(QUERIES["insert_finding"], {**parameters, "finding_id": finding_id})


def opinion_of(outcome: Outcome, who: str) -> Opinion:
    """Say it in the words for findings: another cause is still a real fault, of which no lead time is told."""
    note = " ; ".join(text for text in (outcome.cause, outcome.result) if text)[:2000]
    if outcome.verdict == "other_cause":
        return Opinion("confirmed", who, f"autre cause : {note}"[:2000])
    return Opinion(outcome.verdict, who, note, outcome.failed_at if outcome.verdict == "confirmed" else None)
