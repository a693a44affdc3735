"""What can be seen around a gap: sessions with the broker, dropped messages, the gateway, the neighbours."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from psycopg.types.json import Jsonb

from store.gaps import Basis, Connection
from store.sql import load_queries

QUERIES = load_queries(__file__)
N_OTHERS = 12  # asked behind a gateway: enough to tell its silence from theirs, few enough for hundreds of gaps
SPARKPLUG = "sparkplug:"  # begins the name of the sessions that a host of Sparkplug counts


@dataclass(frozen=True, slots=True)
class OpenGap:
    """A gap to be attributed; `source` is the one that last brought something of the device, None for none."""

    gap_id: int
    device_id: int
    basis: Basis
    session: str
    began_at: datetime
    ended_at: datetime
    lasts: bool
    n_missing: int
    source: str | None

    @property
    def is_ordered(self) -> bool:
        """Whether its messages take the session of formats with state."""
        return self.session.startswith(SPARKPLUG)


@dataclass(frozen=True, slots=True)
class GatewaySeen:
    """The gateway of a gap's device: when it said goodbye in the gap, and how many of `n_others` asked behind it spoke.

    `n_before` were heard in a stretch as long before the gap, `n_within` in the gap.
    """

    gateway: str
    offline_at: datetime | None
    n_others: int
    n_before: int
    n_within: int


@dataclass(frozen=True, slots=True)
class SessionChange:
    """A session with a broker came or went; of source '*' the worker's own with the store."""

    source: str
    session: str
    changed_at: datetime
    is_connected: bool
    is_kept: bool | None
    cause: str


@dataclass(frozen=True, slots=True)
class OthersHeard:
    """How many other devices of a source were heard in a stretch as long before, and within."""

    n_before: int
    n_within: int


def read_unattributed(connection: Connection, now: datetime, n: int) -> list[OpenGap]:
    """Read at most `n` gaps to be attributed, new ones first."""
    return [OpenGap(*row) for row in connection.execute(QUERIES["read_unattributed"], {"now": now, "n": n})]


def read_gateways(connection: Connection, gaps: Sequence[OpenGap]) -> dict[int, GatewaySeen]:
    """Read what is known of the gateways of these gaps' devices, by gap; none where no gateway is registered."""
    parameters = {
        "gap_ids": [gap.gap_id for gap in gaps],
        "device_ids": [gap.device_id for gap in gaps],
        "began_at": [gap.began_at for gap in gaps],
        "ended_at": [gap.ended_at for gap in gaps],
        "n_others": N_OTHERS,
    }
    return {row[0]: GatewaySeen(*row[1:]) for row in connection.execute(QUERIES["read_gateways"], parameters)}


def read_session_changes(connection: Connection, source: str, begin: datetime, end: datetime) -> list[SessionChange]:
    """Read how sessions of a source, and those with the store, came and went, from the last change before on."""
    parameters = {"source": source, "from": begin, "to": end}
    return [SessionChange(*row) for row in connection.execute(QUERIES["read_session_changes"], parameters)]


def count_others(connection: Connection, gap: OpenGap, begin: datetime, end: datetime) -> OthersHeard:
    """Count the other devices of the gap's source that were heard between two instants."""
    parameters = {"source": gap.source, "device_id": gap.device_id, "is_ordered": gap.is_ordered}
    row = connection.execute(QUERIES["count_others"], {**parameters, "from": begin, "to": end}).fetchone()
    return OthersHeard(*row) if row else OthersHeard(0, 0)


def count_dropped(connection: Connection, source: str, begin: datetime, end: datetime) -> int:
    """Count the messages that the source's broker says it dropped."""
    row = connection.execute(QUERIES["count_dropped"], {"source": source, "from": begin, "to": end}).fetchone()
    return int(row[0]) if row else 0


def attribute(
    connection: Connection, gap_id: int, said: tuple[str, str], evidence: Mapping[str, Any], now: datetime
) -> None:
    """Write cause and reason of a gap, with what was seen."""
    parameters = {"gap_id": gap_id, "cause": said[0], "reason": said[1], "evidence": Jsonb(dict(evidence)), "now": now}
    connection.execute(QUERIES["attribute_gap"], parameters)
