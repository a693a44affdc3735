"""What the columns of a file mean: by their header, or as the person who loads it says.

A long file has a value a line; a wide one has a column for each quantity. Fields are `time`, `territory`, `device`,
`channel`, `quantity`, `unit` and `value`; each is a column, or the same for all lines.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from ingest.errors import FileError
from sensors.quantity import find_quantity
from sensors.topic import CHANNEL_PATTERN

FIELDS = ("time", "territory", "device", "channel", "quantity", "unit", "value")
OF_A_VALUE = ("channel", "quantity", "unit")
HEADER = re.compile(rf"(?:(?P<channel>{CHANNEL_PATTERN})/)?(?P<quantity>[a-z0-9_]+)(?:\s*[\[(](?P<unit>[^\])]+)[\])])?")
SHAPE = "QUANTITY, CHANNEL/QUANTITY or either with a unit behind it: temperature, north/temperature [°C]"


@dataclass(frozen=True, slots=True)
class Wish:
    """What is said about the columns: `columns` and `constants` by field, `quantities` by the name of a column."""

    columns: Mapping[str, str] = field(default_factory=dict)
    constants: Mapping[str, str] = field(default_factory=dict)
    quantities: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ValueColumn:
    """A column with values; where channel, quantity or unit are None, the line says it or they are left out."""

    column: str
    channel: str | None = None
    quantity: str | None = None
    unit: str | None = None


@dataclass(frozen=True, slots=True)
class Layout:
    """Which column holds each field, what is the same for all lines, and which columns hold values."""

    columns: Mapping[str, str]
    constants: Mapping[str, str]
    values: Sequence[ValueColumn]

    @property
    def unread(self) -> set[str]:
        """Name the fields that no column and no constant gives."""
        return set(FIELDS) - set(self.columns) - set(self.constants)


def find_layout(names: Sequence[str], wish: Wish) -> Layout:
    """Find out what the columns mean.

    Raises
    ------
    FileError
        A column that was named is not there, or something that each value needs is nowhere.
    """
    for name in (*wish.columns.values(), *wish.quantities):
        if name not in names:
            raise FileError(f"there is no column {name!r}; columns are {', '.join(names)}")
    columns = {name.lower(): name for name in names if name.lower() in FIELDS and name not in wish.quantities}
    columns = {key: name for key, name in columns.items() if key not in wish.constants} | dict(wish.columns)
    if "value" in columns and not wish.quantities:
        values = [ValueColumn(columns["value"])]
    else:
        values = list(wide_columns(names, columns, wish))
        columns = {key: name for key, name in columns.items() if key not in (*OF_A_VALUE, "value")}
    layout = Layout({key: name for key, name in columns.items() if key != "value"}, wish.constants, values)
    require_all(layout, names)
    return layout


def wide_columns(names: Sequence[str], columns: Mapping[str, str], wish: Wish) -> Iterable[ValueColumn]:
    """Give the columns that hold a quantity each: those that were named, or else those whose header names one."""
    if wish.quantities:
        for name, said in wish.quantities.items():
            yield read_quantity(name, said)
        return
    for name in names:
        match = HEADER.fullmatch(name.strip())
        if name not in columns.values() and match and find_quantity(match["quantity"]) is not None:
            yield ValueColumn(name, match["channel"] or "", match["quantity"], match["unit"])


def read_quantity(name: str, said: str) -> ValueColumn:
    """Read what a person says of a column. Raises FileError."""
    match = HEADER.fullmatch(said.strip())
    if match is None or find_quantity(match["quantity"]) is None:
        raise FileError(f"column {name!r}: {said!r} names no quantity; expected {SHAPE}")
    return ValueColumn(name, match["channel"] or "", match["quantity"], match["unit"])


def require_all(layout: Layout, names: Sequence[str]) -> None:
    """Refuse a layout in which something is nowhere."""
    found = f"columns are {', '.join(names)}"
    if not layout.values:
        raise FileError(f"no column holds values: none is called value, and none is named {SHAPE}; {found}")
    if of_a_line := {"time", "value"} & set(layout.constants):
        raise FileError(f"{min(of_a_line)} must be a column: it cannot be the same for all lines")
    needed = ["time", "device", "territory"] + (["quantity"] if layout.values[0].quantity is None else [])
    if missing := [name for name in needed if name in layout.unread]:
        raise FileError(f"nothing says the {' nor the '.join(missing)} of a value; {found}")
