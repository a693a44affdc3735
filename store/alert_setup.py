"""Who is told of alerts: channels, rotas, rules and hours of silence, entered by whoever has the database."""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, time
from typing import Any, Literal

import psycopg
from psycopg.errors import UniqueViolation
from psycopg.rows import dict_row

from sensors.alerts import alert_kinds
from sensors.language import Language
from sensors.severity import Severity
from sensors.webhook import check_address
from store.audit import Line, write_line
from store.reader import Row
from store.sql import load_queries
from store.technician import NotThereError

QUERIES = load_queries(__file__)
Connection = psycopg.Connection[tuple[Any, ...]]
Way = Literal["email", "webhook", "sms", "matrix", "teams"]
Part = Literal["channel", "rota", "rule", "mute"]
WAYS: tuple[Way, ...] = ("email", "webhook", "sms", "matrix", "teams")
PARTS: tuple[Part, ...] = ("channel", "rota", "rule", "mute")
N_SECRET_BYTES = 32


class SetupError(ValueError):
    """A channel, rota, rule or mute contradicts itself."""


@dataclass(frozen=True, slots=True)
class NewChannel:
    """A way to reach somebody.

    Attributes
    ----------
    address
        A mail address; else an address beginning with `https://` or `http://`: of a gateway for short messages with
        `{text}` in it or in `body`, of a Matrix room as `https://server/!room:server`.
    credential
        Sent as a bearer token.
    """

    territory: str
    name: str
    way: Way
    address: str
    body: str = ""
    credential: str = ""
    language: Language = "fr"


@dataclass(frozen=True, slots=True)
class NewRota:
    """Who is on call: channels that take turns of `days_each` civil days, handed over at a local time."""

    territory: str
    name: str
    channel_ids: Sequence[int]
    first_on: date
    hand_over: time = time(8)
    days_each: int = 7


@dataclass(frozen=True, slots=True)
class NewRule:
    """Which kinds (none: all), from which severity on, are told to a channel or to who is on call in a rota."""

    territory: str
    kinds: Sequence[str] = ()
    least_severity: Severity = "warning"
    channel_id: int | None = None
    rota_id: int | None = None
    escalate_min: int | None = None


def create_channel(connection: Connection, new: NewChannel, actor: str) -> tuple[int, str]:
    """Make a channel; give its number and the secret (hexadecimal) of its signatures.

    Raises
    ------
    SetupError, AddressError
        The address cannot be used in this way, or the name is taken.
    NotThereError
        There is no such territory.
    """
    check_channel(new)
    secret = secrets.token_bytes(N_SECRET_BYTES)
    fields = {name: getattr(new, name) for name in NewChannel.__slots__}
    number = insert(connection, "channel", {**fields, "secret": secret, "actor": actor}, new.territory)
    return number, secret.hex()


def check_channel(new: NewChannel) -> None:
    """Refuse an address that its way cannot use. Raises SetupError or AddressError."""
    if new.way == "email":
        local, _, host = new.address.partition("@")
        if not local or not host or any(character <= " " or character in '<>,;:"' for character in new.address):
            raise SetupError(f"a mail address is one name@host, not {new.address!r}")
        return
    check_address(new.address)
    if new.way == "sms" and "{text}" not in new.address + new.body:
        raise SetupError("a gateway for short messages needs {text} in its address or body")
    if new.way == "matrix" and "/!" not in new.address:
        raise SetupError("a Matrix room is https://server/!room:server")
    if new.way == "matrix" and not new.credential:
        raise SetupError("a Matrix room needs the access token of the account that writes")


def create_rota(connection: Connection, new: NewRota, actor: str) -> int:
    """Make a rota and give its number.

    Raises
    ------
    SetupError
        It has no members, or one twice, or its name is taken.
    NotThereError
        There is no such territory, or a channel is none of its own or of those above it.
    """
    if not new.channel_ids or len(set(new.channel_ids)) < len(new.channel_ids):
        raise SetupError("a rota has at least one member, and each once")
    fields = {name: getattr(new, name) for name in NewRota.__slots__ if name != "channel_ids"}
    with connection.transaction():
        number = insert(connection, "rota", {**fields, "actor": actor}, new.territory)
        for place, channel_id in enumerate(new.channel_ids):
            row = {"rota_id": number, "place": place, "channel_id": channel_id}
            if connection.execute(QUERIES["insert_member"], row).fetchone() is None:
                raise NotThereError(f"no channel {channel_id} that {new.territory!r} may use")
    return number


def create_rule(connection: Connection, new: NewRule, actor: str) -> int:
    """Make a rule and give its number. What is open already is told by none made later.

    Raises
    ------
    SetupError
        A kind is unknown, or it names not exactly one of channel and rota.
    NotThereError
        There is no such territory, or no such channel or rota for it.
    """
    unknown = sorted(set(new.kinds) - set(alert_kinds()))
    if unknown:
        raise SetupError(f"no kind of alert {', '.join(unknown)}: there are {', '.join(alert_kinds())}")
    if (new.channel_id is None) == (new.rota_id is None):
        raise SetupError("a rule names either a channel or a rota")
    fields = {name: getattr(new, name) for name in NewRule.__slots__}
    return insert(connection, "rule", {**fields, "kinds": list(new.kinds), "actor": actor}, new.territory)


def create_mute(
    connection: Connection, territory: str, span: tuple[time, time], loud_from: Severity, actor: str
) -> int:
    """Have what is less than `loud_from` wait each day for the end of these local hours; give the number.

    Raises
    ------
    SetupError
        Begin and end are the same.
    NotThereError
        There is no such territory.
    """
    if span[0] == span[1]:
        raise SetupError("a mute ends at another time than it begins")
    fields = {"territory": territory, "begins": span[0], "ends": span[1], "loud_from": loud_from, "actor": actor}
    return insert(connection, "mute", fields, territory)


def insert(connection: Connection, part: Part, fields: Mapping[str, Any], territory: str) -> int:
    """Write one part of the setup with its line of the audit log."""
    try:
        with connection.transaction():
            row = connection.execute(QUERIES[f"insert_{part}"], fields).fetchone()
            if row is None:
                raise NotThereError(f"there is no territory {territory!r}, or nothing of that number for it")
            actor = str(fields["actor"])
            write_line(connection, Line(actor, f"create_alert_{part}", f"alert {part} {row[0]}", {}, territory))
    except UniqueViolation as error:
        raise SetupError(f"{territory!r} has a {part} of that name already") from error
    return int(row[0])


def revoke(connection: Connection, part: Part, number: int, actor: str) -> None:
    """End a part of the setup. Raises NotThereError where there is none in use."""
    with connection.transaction():
        row = connection.execute(QUERIES[f"revoke_{part}"], {"number": number}).fetchone()
        if row is None:
            raise NotThereError(f"no {part} {number} that is in use")
        write_line(connection, Line(actor, f"revoke_alert_{part}", f"alert {part} {number}", {}, int(row[0])))


def read_parts(connection: Connection, part: Part) -> list[Row]:
    """Read all parts of a kind that are in use, without secrets."""
    with connection.cursor(row_factory=dict_row) as cursor:
        return cursor.execute(QUERIES[f"read_{part}s"]).fetchall()


def read_attempts(connection: Connection, channel_id: int | None, n: int) -> list[Row]:
    """Read the newest attempts, of one channel or of all."""
    with connection.cursor(row_factory=dict_row) as cursor:
        return cursor.execute(QUERIES["read_attempts"], {"channel_id": channel_id, "n": n}).fetchall()
