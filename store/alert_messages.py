"""The outbox of alerts: what is due for a channel, as things stand when it is sent, and what came of each attempt."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sensors.language import Language
from sensors.severity import Severity
from store.attempts import Attempt
from store.inputs import Connection
from store.keys import digest
from store.sql import load_queries

QUERIES = load_queries(__file__)
KEPT = timedelta(days=90)


@dataclass(frozen=True, slots=True)
class Channel:
    """Where and how a message goes; `secret` signs it, `credential` is sent as a bearer token."""

    channel_id: int
    name: str
    way: str
    address: str
    body: str
    credential: str
    secret: bytes
    language: Language


@dataclass(frozen=True, slots=True)
class Message:
    """An alert as it stands, to be sent to one channel; `step` 0 is the first who is told, `place` the asset."""

    message_id: int
    alert_id: int
    incident_id: int
    kind: str
    severity: Severity
    started_at: datetime
    ended_at: datetime | None
    sentence_fr: str
    sentence_en: str
    n_assets: int
    territory: str
    territory_name: str
    time_zone: str
    asset_name: str | None
    longitude: float | None
    latitude: float | None
    step: int
    n_attempts: int
    created_at: datetime


def find_due(connection: Connection, now: datetime) -> list[int]:
    """Give the channels for which something is due."""
    return [int(row[0]) for row in connection.execute(QUERIES["find_due"], {"now": now})]


def read_due(connection: Connection, channel_id: int, now: datetime, n: int) -> list[Message]:
    """Read what is due for a channel, the worst first."""
    parameters = {"channel_id": channel_id, "now": now, "n": n}
    return [Message(*row) for row in connection.execute(QUERIES["read_due"], parameters)]


def read_channel(connection: Connection, channel_id: int) -> Channel | None:
    """Read a channel; None where it is not in use any more."""
    row = connection.execute(QUERIES["read_channel"], {"channel_id": channel_id}).fetchone()
    return None if row is None else Channel(row[0], row[1], row[2], row[3], row[4], row[5], bytes(row[6]), row[7])


def keep_token(connection: Connection, message_id: int, token: str) -> None:
    """Let a link lead to a message's alert; only its hash is kept."""
    connection.execute(QUERIES["keep_token"], {"message_id": message_id, "token_hash": digest(token)})


def note_attempt(connection: Connection, message: Message, attempt: Attempt) -> None:
    """Write down what came of an attempt, and when the next is due."""
    parameters = {"message_id": message.message_id, **attempt.settle(message.n_attempts)}
    with connection.transaction():
        connection.execute(QUERIES["insert_attempt"], parameters)
        connection.execute(QUERIES["update_message"], parameters)


def forget_old(connection: Connection, now: datetime) -> int:
    """Delete messages of alerts that ended more than 90 days ago, with their attempts, and give how many."""
    return connection.execute(QUERIES["forget_old"], {"before": now - KEPT}).rowcount
