"""A batch: the messages taken together, their measurements in columns, and the account of what became of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from types import MappingProxyType
from typing import NamedTuple

import msgspec
import numpy as np
import numpy.typing as npt

from ingest.arrival import Arrival
from sensors.client_observation import ClientObservation
from sensors.measurement import Column, Uplink
from sensors.rejection import Reason
from sensors.stateful import Counted, Request
from store.intake import Rows
from store.memory import PresenceRow


class Origin(msgspec.Struct, frozen=True):
    """Where a message came in and by which decoder it was read; territory and device as far as the topic names them.

    `bound` is the only territory that source and rule let it speak for, None where they leave that to the message.
    """

    source: str
    topic: str
    format: str | None = None
    version: str | None = None
    territory: str | None = None
    device: str | None = None
    bound: str | None = None


class Part(msgspec.Struct, frozen=True, gc=False):
    """One uplink of a registered device. Its `n_accepted` values lie together in the batch's columns."""

    arrival: Arrival
    origin: Origin
    uplink: Uplink
    territory: str
    territory_id: int
    device_id: int
    is_revisable: bool
    n_accepted: int
    n_refused: int


class Refusal(msgspec.Struct, frozen=True):
    """A message, or one uplink of it, of which nothing can be stored. `n_values` is 1 where it could not be read."""

    arrival: Arrival
    origin: Origin
    reason: Reason
    detail: str
    n_values: int = 1
    territory: str = ""
    territory_id: int | None = None
    device: str | None = None
    device_id: int | None = None
    uplink: Uplink | None = None


class Empty(NamedTuple):
    """A message that was understood, tells of no registered device, and asks for an answer: `n_stored` are kept."""

    arrival: Arrival
    origin: Origin
    n_stored: int = 0


class Aftermath(NamedTuple):
    """What messages of stateful formats leave beside measurements.

    `records` by (format, key) belong to `memory_name` and are written with the measurements, as are `presences` and
    `counts`, each with its territory; `requests` are published after the commit.
    """

    memory_name: str = ""
    records: Mapping[tuple[str, str], bytes | None] = MappingProxyType({})
    presences: Sequence[PresenceRow] = ()
    requests: Sequence[Request] = ()
    counts: Sequence[tuple[str, Counted]] = ()


NOTHING_LEFT = Aftermath()


class Corrections(NamedTuple):
    """Values whose times a clock rule made right: their indexes, the device's own times, the rules."""

    indexes: npt.NDArray[np.int64]
    originals_us: npt.NDArray[np.int64]
    rule_ids: npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Batch:
    """Messages settled together.

    `rows` holds the accepted values of all parts, part after part; `owners[i]` is the index of the part that sent value
    `i`. `columns` names the columns, each with where it ends. `observations` are of no device: they are written with
    the rest and stand outside of the counts.
    """

    n_messages: int
    received_at_us: int
    parts: Sequence[Part]
    refusals: Sequence[Refusal]
    rows: Rows
    owners: npt.NDArray[np.int32]
    column_ends: npt.NDArray[np.int64]
    columns: Sequence[Column]
    source: str = "own"
    aftermath: Aftermath = NOTHING_LEFT
    corrections: Corrections | None = None
    empties: Sequence[Empty] = ()
    observations: Sequence[ClientObservation] = ()

    @property
    def n_received(self) -> int:
        """Count all values that came, whatever becomes of them."""
        counted = sum(part.n_accepted + part.n_refused for part in self.parts)
        return counted + sum(refusal.n_values for refusal in self.refusals)

    @property
    def decoder_version(self) -> str:
        """Name the decoders at work, sorted."""
        return ",".join(sorted({part.origin.version for part in self.parts if part.origin.version})) or "none"

    def find_column(self, index: int) -> Column:
        """Give the column of one value."""
        return self.columns[int(np.searchsorted(self.column_ends, index, side="right"))]


class Assembly:
    """Collects parts and refusals in arrival order and gives the batch."""

    def __init__(self, n_messages: int, received_at_us: int, source: str = "own") -> None:
        self.n_messages = n_messages
        self.received_at_us = received_at_us
        self.source = source
        self.aftermath = NOTHING_LEFT
        self.parts: list[Part] = []
        self.refusals: list[Refusal] = []
        self.empties: list[Empty] = []
        self.observations: list[ClientObservation] = []
        self._columns: list[Column] = []
        self._series_ids: list[int] = []
        self._corrected: list[tuple[int, int, int, int]] = []

    def add(self, part: Part, series_ids: Sequence[int]) -> None:
        """Add an uplink with the series of each of its columns."""
        self.parts.append(part)
        self._series_ids += series_ids
        self._columns += part.uplink.columns

    def note_corrections(self, originals: Mapping[int, tuple[int, int]]) -> None:
        """Note own time and rule of those values, by their position in the part added next, that were made right."""
        owner = len(self.parts)
        self._corrected += [(owner, index, own_us, rule_id) for index, (own_us, rule_id) in originals.items()]

    def find_corrections(self, n_accepted: npt.NDArray[np.int64]) -> Corrections | None:
        """Give what was noted, by position in the whole batch."""
        if not self._corrected:
            return None
        owners, indexes, originals_us, rule_ids = np.array(self._corrected, dtype=np.int64).T
        starts = np.cumsum(n_accepted) - n_accepted
        return Corrections(starts[owners] + indexes, originals_us, rule_ids)

    def finish(self) -> Batch:
        """Give the batch."""
        columns, parts = self._columns, self.parts
        sizes = np.array([len(column.values) for column in columns], dtype=np.int64)
        n_accepted = np.array([part.n_accepted for part in parts], dtype=np.int64)
        rows = Rows(
            np.repeat(np.array(self._series_ids, dtype=np.int32), sizes),
            np.array([*chain.from_iterable([column.times_us for column in columns])], dtype=np.int64),
            np.array([*chain.from_iterable([column.values for column in columns])], dtype=np.float64),
        )
        return Batch(
            n_messages=self.n_messages,
            received_at_us=self.received_at_us,
            parts=parts,
            refusals=self.refusals,
            rows=rows,
            owners=np.repeat(np.arange(len(parts), dtype=np.int32), n_accepted),
            column_ends=np.cumsum(sizes),
            columns=columns,
            source=self.source,
            aftermath=self.aftermath,
            corrections=self.find_corrections(n_accepted),
            empties=self.empties,
            observations=self.observations,
        )
