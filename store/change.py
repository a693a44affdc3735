"""One entry of reference data made, changed or taken away by a person; with what that changes, and who did it why.

What holds is kept: an entry that no longer holds gets an end. Another price for days that have passed is a correction,
which needs a cause. Either way the set of entries as it then stands goes through `store.reference.enter_reference`,
and KPIs of the days that differ are told again.
"""

import dataclasses
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
import psycopg

from sensors.reference.fault import Fault, type_fault
from sensors.reference.field import Field, Resource
from sensors.reference.resources import RESOURCES
from store.audit import Line, write_line
from store.entries import QUERIES, Standing, differing_spans, read_rounds, read_standing
from store.errors import ReferenceDataError
from store.reference import TYPES, Reference, enter_reference

Connection = psycopg.Connection[tuple[Any, ...]]
NO_CAUSE = Fault(
    "cause",
    "Des jours passés changent : dites pourquoi, les indicateurs seront recalculés avec cette cause.",
    "Days that have passed change: say why, KPIs are told again with this cause.",
)


class EntryNotThereError(LookupError):
    """The entry to change is not there."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody wants changed.

    Attributes
    ----------
    name
        The kind of entry, as in `sensors.reference.resources`.
    id
        The entry's number; None for a new one.
    fields
        Those that are to be, of a new entry all; None takes the entry away.
    ends_standing
        A new entry ends the one of its like that holds when it begins.
    """

    territory: str
    name: str
    id: int | None
    fields: Mapping[str, Any] | None
    actor: str
    cause: str = ""
    ends_standing: bool = False
    is_preview: bool = False


@dataclass(frozen=True, slots=True)
class ToldAgain:
    """How many values of a KPI, with periods that begin in a month `YYYY-MM`, are told again."""

    kpi: str
    month: str
    n_values: int


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a change did, or would do: the entry before and after, the one it ended, KPIs to be told again.

    `needs_cause` where days that have passed differ.
    """

    id: int | None
    needs_cause: bool
    before: Any
    after: Any
    ended: Any
    told_again: Sequence[ToldAgain]


def change_entry(connection: Connection, wish: Wish) -> Outcome:
    """Change one entry, or say what that would change; in one transaction.

    Raises
    ------
    EntryNotThereError
        The territory has no such entry.
    ReferenceDataError
        Something is wrong with the entry, or it contradicts another; `faults` says what.
    """
    with connection.transaction(force_rollback=wish.is_preview):
        connection.execute(QUERIES["say_who"], {"actor": wish.actor})
        row = connection.execute(QUERIES["lock_territory"], {"territory": wish.territory}).fetchone()
        if row is None:
            raise EntryNotThereError(f"there is no territory {wish.territory!r}")
        zone = ZoneInfo(row[1])
        marked = read_marks(connection, wish.territory)
        standing = with_round(connection, wish, read_standing(connection, wish.territory, TYPES))
        before = find_entry(standing, wish)
        after = make_entry(wish, before)
        is_correction = changes_past(wish, before, after, zone)
        if is_correction and not (wish.cause or wish.is_preview):
            raise ReferenceDataError(NO_CAUSE.sentence_en, [(wish.name, 0, NO_CAUSE)])
        ended = find_ended(standing, wish, after)
        enter_changed(connection, wish, standing, after, ended)
        note_change(connection, wish, before, after, ended)
        told_again = find_told_again(connection, wish.territory, read_marks(connection, wish.territory) - marked)
        id_ = find_id(connection, wish, after)
        return Outcome(id_, is_correction, before, after, ended and ended[1], told_again)


def with_round(connection: Connection, wish: Wish, standing: Standing) -> Standing:
    """Add the round that is asked for: others are not read."""
    if wish.name != "rounds_done" or wish.id is None:
        return standing
    return {**standing, "rounds_done": read_rounds(connection, wish.territory, TYPES, n=1, id_=wish.id)}


def find_entry(standing: Standing, wish: Wish) -> Any:
    """Give the entry to change, None for a new one. Raises EntryNotThereError."""
    if wish.id is None:
        return None
    if wish.id not in standing[wish.name]:
        raise EntryNotThereError(f"{wish.territory!r} has no entry {wish.id} in {wish.name}")
    return standing[wish.name][wish.id]


def make_entry(wish: Wish, before: Any) -> Any:
    """Give the entry as it is to be, None where it goes. Raises ReferenceDataError for fields of another kind."""
    if wish.fields is None:
        return None
    fields = {**({} if before is None else msgspec.to_builtins(before)), **wish.fields}
    for field in dataclasses.fields(TYPES[wish.name]):
        if fields.get(field.name) is None and field.default is not dataclasses.MISSING:
            fields.pop(field.name, None)  # an empty field is as one not given
    faults = [(wish.name, 0, fault) for fault in key_faults(RESOURCES[wish.name].fields, fields)]
    if faults:
        raise ReferenceDataError(f"{faults[0][2].field}: {faults[0][2].sentence_en}", faults)
    try:
        return msgspec.convert(fields, TYPES[wish.name])
    except msgspec.ValidationError as error:
        what, _, place = str(error).partition(" - at `$")
        fault = type_fault(RESOURCES[wish.name].fields, place.strip("`.").replace("[", ".").replace("]", ""), what)
        raise ReferenceDataError(f"{fault.field}: {fault.sentence_en}", [(wish.name, 0, fault)]) from error


def key_faults(described: Sequence[Field], fields: Mapping[str, Any]) -> Iterator[Fault]:
    """Tell which fields are unheard of, and which are missing; all at once, for a person mends them together."""
    for name in fields.keys() - {field.name for field in described}:
        yield Fault(name, "Ce champ n’existe pas.", "There is no such field.")
    for field in described:
        value = fields.get(field.name)
        if value is None and field.is_required:
            yield Fault(field.name, "À remplir.", "Needed.")
        elif field.kind == "part" and isinstance(value, dict):
            yield from (fault.under(field.name) for fault in key_faults(field.parts, value))
        elif field.kind == "parts" and isinstance(value, list):
            for index, part in enumerate(value):
                found = key_faults(field.parts, part) if isinstance(part, dict) else ()
                yield from (fault.under(f"{field.name}.{index}") for fault in found)


def changes_past(wish: Wish, before: Any, after: Any, zone: ZoneInfo) -> bool:
    """Tell whether an entry that stands changes on days that have passed."""
    if before is None:
        return False
    resource = RESOURCES[wish.name]
    today = datetime.now(zone).date()
    entries = [] if after is None else [after]
    if not resource.begins:
        return bool(before != after)
    return any(first < today for first, _ in differing_spans(resource, [before], entries, zone))


def find_ended(standing: Standing, wish: Wish, after: Any) -> tuple[int, Any] | None:
    """Give the number of the entry that a new one takes the place of, and that entry with its end."""
    resource = RESOURCES[wish.name]
    if not (wish.ends_standing and wish.id is None and resource.alike and resource.begins):
        return None
    begins = getattr(after, resource.begins)
    for id_, entry in standing[wish.name].items():
        ends = getattr(entry, resource.ends)
        if (
            is_alike(resource, entry, after)
            and getattr(entry, resource.begins) < begins
            and (not ends or ends > begins)
        ):
            return id_, replace(entry, **{resource.ends: begins})
    return None


def is_alike(resource: Resource, one: Any, other: Any) -> bool:
    """Tell whether two entries must not hold at the same time."""
    return all(getattr(one, name) == getattr(other, name) for name in resource.alike)


def enter_changed(
    connection: Connection, wish: Wish, standing: Standing, after: Any, ended: tuple[int, Any] | None
) -> None:
    """Enter the set as it is to stand. The changed entry comes first, so that faults about it have index 0."""
    if wish.name == "rounds_done" and wish.id is not None:
        connection.execute(QUERIES["delete_round"], {"territory": wish.territory, "id": wish.id})
    entries = {name: dict(by_id) for name, by_id in standing.items()}
    entries["rounds_done"] = {}
    entries[wish.name].pop(wish.id or 0, None)
    if ended is not None:
        entries[wish.name][ended[0]] = ended[1]
    changed = {name: tuple(by_id.values()) for name, by_id in entries.items()}
    if after is not None:
        changed[wish.name] = (after, *changed[wish.name])
    enter_reference(connection, Reference(wish.territory, **changed))


def note_change(connection: Connection, wish: Wish, before: Any, after: Any, ended: tuple[int, Any] | None) -> None:
    """Write a line of the audit log."""
    action = "enter" if before is None else "remove" if after is None else "change"
    detail = {
        "kind": wish.name,
        "before": msgspec.to_builtins(before),
        "after": msgspec.to_builtins(after),
        "ended": None if ended is None else msgspec.to_builtins(ended[1]),
        "cause": wish.cause or None,
    }
    subject = f"territory {wish.territory}"
    write_line(connection, Line(wish.actor, f"{action} reference data", subject, detail, wish.territory))


def read_marks(connection: Connection, territory: str) -> frozenset[tuple[datetime, str]]:
    """Read the days whose KPIs wait to be told again, each with why."""
    return frozenset((day, cause) for day, cause in connection.execute(QUERIES["read_marks"], {"territory": territory}))


def find_told_again(connection: Connection, territory: str, marks: frozenset[tuple[datetime, str]]) -> list[ToldAgain]:
    """Give the KPIs that were told of these days."""
    parameters = {"territory": territory, "days": sorted({day for day, _ in marks})}
    return [ToldAgain(*row) for row in connection.execute(QUERIES["find_told_again"], parameters)]


def find_id(connection: Connection, wish: Wish, after: Any) -> int | None:
    """Give the number of the entry as it stands now."""
    if after is None:
        return None
    if wish.name == "rounds_done":
        standing = read_rounds(connection, wish.territory, TYPES, n=1)
    else:
        standing = read_standing(connection, wish.territory, TYPES)[wish.name]
    resource = RESOURCES[wish.name]
    is_it = is_same if resource.begins else is_alike
    return next((id_ for id_, entry in standing.items() if is_it(resource, entry, after)), None)


def is_same(resource: Resource, one: Any, other: Any) -> bool:
    """Tell whether two entries agree in every field."""
    return all(getattr(one, field.name) == getattr(other, field.name) for field in resource.fields)
