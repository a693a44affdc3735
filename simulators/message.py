"""From rows to messages: one per device and instant as it happens, or many instants packed for a back-fill."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from simulators.grid import GARBLED, UNTIMED, Column, Integers, Table

MAX_INSTANTS = 200
ODD = 99  # number of the messages that are not packed, so that their identity is their own


@dataclass(frozen=True, slots=True)
class Message:
    """What one device says in one message, before it takes a format.

    `device` is the position among the town's devices. `values[i]` belongs to `columns[i]` and holds one value per
    instant of `at_s`; `is_timed` is false where the device has no clock, `is_garbled` where the payload is damaged.
    `number` tells apart messages of one device that share their first instant.
    """

    device: int
    sent_s: int
    at_s: Sequence[int]
    columns: Sequence[Column]
    values: Sequence[Sequence[float]]
    number: int = 0
    is_timed: bool = True
    is_garbled: bool = False

    @property
    def id(self) -> str:
        """Give the message's identity among those of its town; a repeated message has the same."""
        return f"{self.device:x}.{self.at_s[0]:x}.{self.number}"

    def n_values(self) -> int:
        """Count the values."""
        return sum(len(column) for column in self.values)


def each_row(tables: Sequence[Table]) -> Iterator[Message]:
    """Make one message of each row, in the order in which they are sent."""
    order = sorted(
        ((int(sent_s), number, row) for number, table in enumerate(tables) for row, sent_s in enumerate(table.sent_s)),
    )
    lists = [table.values.tolist() for table in tables]
    present = [(~np.isnan(table.values)).tolist() for table in tables]
    for sent_s, number, row in order:
        table, values, has = tables[number], lists[number][row], present[number][row]
        flags, at_s = int(table.flags[row]), int(table.at_s[row])
        yield Message(
            device=int(table.device[row]),
            sent_s=sent_s,
            at_s=(at_s,),
            columns=[column for column, is_there in zip(table.columns, has, strict=True) if is_there],
            values=[(value,) for value, is_there in zip(values, has, strict=True) if is_there],
            is_timed=not flags & UNTIMED,
            is_garbled=bool(flags & GARBLED),
        )


def packed(tables: Sequence[Table]) -> Iterator[Message]:
    """Pack the rows of each device: a message for columns that are there at the same instants, 200 instants at most.

    Rows that are untimed, garbled, late or repeated go out one by one, as they would have.
    """
    for table in tables:
        odd = (table.flags > 0) | (table.sent_s != table.at_s)
        if odd.any():
            yield from (replace(message, number=ODD) for message in each_row([table.take(odd)]))
            table = table.take(~odd)
        yield from pack(table)


def pack(table: Table) -> Iterator[Message]:
    """Pack the ordinary rows of one family."""
    order = np.lexsort((table.at_s, table.device))
    table = table.take(order)
    edges = np.flatnonzero(np.diff(table.device)) + 1
    for start, end in zip([0, *edges.tolist()], [*edges.tolist(), table.device.size], strict=True):
        if end > start:
            yield from pack_device(table, start, end)


def pack_device(table: Table, start: int, end: int) -> Iterator[Message]:
    """Pack one device's rows, grouping columns by the instants at which they are there."""
    present = ~np.isnan(table.values[start:end])
    groups: dict[bytes, list[int]] = {}
    for index in range(len(table.columns)):
        if present[:, index].any():
            groups.setdefault(present[:, index].tobytes(), []).append(index)
    device = int(table.device[start])
    for number, indexes in enumerate(groups.values()):
        rows = start + np.flatnonzero(present[:, indexes[0]])
        for first in range(0, rows.size, MAX_INSTANTS):
            yield gather(table, device, rows[first : first + MAX_INSTANTS], indexes, number)


def gather(table: Table, device: int, rows: Integers, indexes: Sequence[int], number: int) -> Message:
    """Put some rows and columns of one device into one message."""
    at_s = table.at_s[rows].tolist()
    columns = [table.columns[index] for index in indexes]
    values = [table.values[rows, index].tolist() for index in indexes]
    return Message(device, at_s[-1], at_s, columns, values, number)
