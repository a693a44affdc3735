"""Replay of a file: each row becomes measurements in messages, sent by a gateway that keeps them until receipted."""

import secrets
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

from sensors.instant import SECOND_US
from simulators.csv_rows import open_table
from simulators.mapping_tables import Mapping
from simulators.outbox import Counts
from simulators.packing import Packer
from simulators.publisher import Publisher
from simulators.row_reader import Found, RowError, RowReader

MOST_PROBLEMS = 20  # that are kept word by word
STALL_S = 120.0  # without any room in the window: nobody takes our messages
DRAIN_S = 120.0
REPORT_ROWS = 500


@dataclass(slots=True)
class Tally:
    """What was read and what became of it.

    Rows: `n_rows` read, of which `n_bad_rows` of no use. Cells: `n_values` sent, `n_missing` empty, `n_unreadable`.
    `problems` are the first sentences about bad rows and unreadable cells.
    """

    n_rows: int = 0
    n_bad_rows: int = 0
    n_values: int = 0
    n_missing: int = 0
    n_unreadable: int = 0
    n_unreceipted: int = 0
    problems: list[str] = field(default_factory=list)
    counts: Counts = field(default_factory=Counts)

    def add(self, found: Found) -> None:
        """Count what a row holds."""
        self.n_values += sum(len(part.values) for part in found.parts)
        self.n_missing += found.n_missing
        self.n_unreadable += len(found.unreadable)
        for sentence in found.unreadable:
            self.tell(sentence)

    def tell(self, sentence: str) -> None:
        """Keep the sentence while there is room."""
        if len(self.problems) < MOST_PROBLEMS:
            self.problems.append(sentence)


Report = Callable[[Tally], None]


class Pace:
    """Holds messages back so that the file's time runs `speed` times as fast as ours; 0 is as fast as possible."""

    def __init__(self, speed: float) -> None:
        self.speed = speed
        self._first_us: int | None = None
        self._started_s = time.monotonic()
        self._span_ends_us = 0

    def is_due(self, time_us: int) -> bool:
        """Say whether what waits must be sent before this instant's parts: a second of ours has gone by in the file."""
        if not self.speed:
            return False
        if self._first_us is None:
            self._first_us = time_us
            self._span_ends_us = time_us + round(self.speed * SECOND_US)
        return time_us >= self._span_ends_us

    def wait(self, time_us: int, publisher: Publisher) -> None:
        """Wait until this instant has come, seeing to receipts meanwhile."""
        self._span_ends_us = time_us + round(self.speed * SECOND_US)
        due_s = self._started_s + (time_us - (self._first_us or 0)) / SECOND_US / self.speed
        while (left_s := due_s - time.monotonic()) > 0:
            publisher.drain(min(left_s, 0.5))
            time.sleep(max(0.0, min(due_s - time.monotonic(), 0.5)))


def replay(
    path: Path, mapping: Mapping, publisher: Publisher, report: Report, *, speed: float = 0.0, limit: int | None = None
) -> Tally:
    """Publish a file and wait for the receipts. `speed` is times real time, 0 as fast as possible; `limit` in rows.

    Bad rows and cells are counted and told, and cost only themselves.

    Raises
    ------
    FileError, MappingError, PublisherError
        The file does not fit the mapping or cannot be read; the broker refuses us, or nobody sends receipts.
    """
    tally = Tally(counts=publisher.outbox.counts)
    packer = Packer(mapping.territory.slug, mapping.gateway, secrets.token_hex(5))
    pace = Pace(speed)
    for found in read_file(path, mapping, tally, limit):
        for part in found.parts:
            if pace.is_due(part.time_us):
                for message in packer.flush():
                    publisher.publish(message, STALL_S)
                pace.wait(part.time_us, publisher)
            for message in packer.add(part):
                publisher.publish(message, STALL_S)
        if tally.n_rows % REPORT_ROWS == 0:
            report(tally)
    for message in packer.flush():
        publisher.publish(message, STALL_S)
    report(tally)
    finish(publisher, tally, report)
    return tally


def read_file(path: Path, mapping: Mapping, tally: Tally, limit: int | None) -> Iterator[Found]:
    """Give what each row holds; bad rows are counted and told instead."""
    with open_table(path, mapping.file) as table:
        reader = RowReader(mapping, table.columns, path)
        for index, row in enumerate(islice(table.rows, limit)):
            tally.n_rows += 1
            try:
                found = reader.read(row, index)
            except RowError as error:
                tally.n_bad_rows += 1
                tally.tell(str(error))
                continue
            tally.add(found)
            yield found


def finish(publisher: Publisher, tally: Tally, report: Report) -> None:
    """Wait for the last receipts, as long as some still come."""
    n_left = len(publisher.outbox)
    last_s = time.monotonic()
    while n_left and time.monotonic() - last_s < DRAIN_S:
        publisher.drain(0.5)
        report(tally)
        if len(publisher.outbox) < n_left:
            n_left, last_s = len(publisher.outbox), time.monotonic()
    tally.n_unreceipted = len(publisher.outbox)
