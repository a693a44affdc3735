"""What passes between the parts of the town: a day's physical state, and the rows that devices measured of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
Flags = NDArray[np.uint8]

DAY_S = 86_400
UNTIMED = 1  # the device has no clock: the message carries no instant
GARBLED = 2  # the payload arrives damaged


@dataclass(frozen=True, slots=True)
class Day:
    """One UTC day, the step in which a town advances; `is_full` once all families report, else only meters do."""

    start_s: int
    is_full: bool

    @property
    def index(self) -> int:
        """Days since 1970."""
        return self.start_s // DAY_S

    def steps(self, step_s: int) -> Integers:
        """Give the instants of the day (Unix seconds), the first at midnight UTC."""
        return np.arange(self.start_s, self.start_s + DAY_S, step_s, dtype=np.int64)


@dataclass(slots=True)
class Grid:
    """A domain's physical state over one day, before anything is measured; faults write into it.

    `values[name]` has one row per asset and one column per step of `at_s`; `rows` gives an asset's row by its slug.
    """

    domain: str
    at_s: Integers
    rows: Mapping[str, int]
    values: dict[str, Floats]

    def __getitem__(self, name: str) -> Floats:
        return self.values[name]


@dataclass(frozen=True, slots=True)
class Column:
    """One series of a device: channel, quantity, and the decimals its sensor resolves."""

    channel: str
    quantity: str
    decimals: int = 1


@dataclass(frozen=True, slots=True)
class Table:
    """What one family of devices measured: one row per device and instant.

    `device` indexes the town's devices, `at_s` is the instant the device states, `sent_s` when it goes out,
    `values` has shape (n_rows, n_columns) with NaN where the row does not carry the column.
    """

    family: str
    columns: Sequence[Column]
    device: Integers
    at_s: Integers
    values: Floats
    sent_s: Integers = field(default_factory=lambda: np.empty(0, dtype=np.int64))
    flags: Flags = field(default_factory=lambda: np.empty(0, dtype=np.uint8))

    def __post_init__(self) -> None:
        if self.sent_s.size != self.at_s.size:
            object.__setattr__(self, "sent_s", self.at_s.copy())
        if self.flags.size != self.at_s.size:
            object.__setattr__(self, "flags", np.zeros(self.at_s.size, dtype=np.uint8))

    def take(self, chosen: NDArray[np.bool_] | Integers) -> "Table":
        """Keep some rows, by mask or by position."""
        return replace(
            self,
            device=self.device[chosen],
            at_s=self.at_s[chosen],
            values=self.values[chosen],
            sent_s=self.sent_s[chosen],
            flags=self.flags[chosen],
        )

    def n_measurements(self) -> int:
        """Count the values carried."""
        return int(np.count_nonzero(~np.isnan(self.values)))


def join(first: Table, second: Table) -> Table:
    """Put two tables of the same family one after the other."""
    return replace(
        first,
        device=np.concatenate((first.device, second.device)),
        at_s=np.concatenate((first.at_s, second.at_s)),
        values=np.concatenate((first.values, second.values)),
        sent_s=np.concatenate((first.sent_s, second.sent_s)),
        flags=np.concatenate((first.flags, second.flags)),
    )


def tabulate(
    family: str,
    devices: Integers,
    at_s: Integers,
    reported: NDArray[np.bool_],
    series: Sequence[tuple[Column, Floats]],
) -> Table:
    """Make the table of the cells of (device, step) arrays that are reported.

    `devices` (n_devices,), `at_s` (n_steps,), `reported` and each series' values (n_devices, n_steps).
    """
    row, step = np.nonzero(reported)
    values = np.empty((row.size, len(series)))
    for position, (column, cells) in enumerate(series):
        values[:, position] = np.round(cells[row, step], column.decimals)
    return Table(family, [column for column, _ in series], devices[row], at_s[step], values)


def every(n_rows: int, n_steps: int, period: int, phases: Integers | None = None) -> NDArray[np.bool_]:
    """Mark every `period`-th step of each row, each row from its own phase (default 0)."""
    phase = np.zeros(n_rows, dtype=np.int64) if phases is None else phases % period
    marked: NDArray[np.bool_] = (np.arange(n_steps)[None, :] % period) == phase[:, None]
    return marked
