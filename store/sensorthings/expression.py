"""What a `$filter` says, as a tree, and how it is written."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Literal as OneOf

Comparison = OneOf["eq", "ne", "lt", "le", "gt", "ge"]
Logic = OneOf["and", "or"]
Arithmetic = OneOf["add", "sub", "mul", "div", "mod"]
LOGIC: tuple[Logic, ...] = ("or", "and")
COMPARISONS: tuple[Comparison, ...] = ("eq", "ne", "lt", "le", "gt", "ge")
SUMS: tuple[Arithmetic, ...] = ("add", "sub")
PRODUCTS: tuple[Arithmetic, ...] = ("mul", "div", "mod")
LEVEL: Mapping[str, int] = {
    "or": 1,
    "and": 2,
    **{sign: 4 for sign in COMPARISONS},
    **{sign: 5 for sign in SUMS},
    **{sign: 6 for sign in PRODUCTS},
}


@dataclass(frozen=True, slots=True)
class Interval:
    """From one instant to another."""

    start: datetime
    end: datetime


@dataclass(frozen=True, slots=True)
class Shape:
    """A geometry as well-known text, in degrees east and north."""

    text: str


Constant = None | bool | int | float | str | datetime | date | time | timedelta | Interval | Shape


@dataclass(frozen=True, slots=True)
class Literal:
    """A value that stands in the text."""

    value: Constant


@dataclass(frozen=True, slots=True)
class Path:
    """Relations, then a property, then what is within it."""

    segments: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Call:
    """A function with its arguments."""

    name: str
    arguments: "tuple[Expression, ...]"


@dataclass(frozen=True, slots=True)
class Operation:
    """Two expressions and what stands between them."""

    sign: Comparison | Logic | Arithmetic
    left: "Expression"
    right: "Expression"


@dataclass(frozen=True, slots=True)
class Not:
    """The contrary."""

    inner: "Expression"


@dataclass(frozen=True, slots=True)
class Negative:
    """The number below zero."""

    inner: "Expression"


Expression = Literal | Path | Call | Operation | Not | Negative


def children(node: Expression) -> "tuple[Expression, ...]":
    """Give what an expression is made of."""
    match node:
        case Operation():
            return node.left, node.right
        case Not() | Negative():
            return (node.inner,)
        case Call():
            return node.arguments
        case _:
            return ()


def walk(node: Expression) -> Iterator[Expression]:
    """Give an expression and all within it."""
    yield node
    for child in children(node):
        yield from walk(child)


def write(node: Expression) -> str:
    """Write an expression so that it is read as the same tree.

    >>> write(Operation("and", Not(Path(("a",))), Operation("eq", Path(("b", "c")), Literal("it's"))))
    "not a and b/c eq 'it''s'"
    """
    match node:
        case Literal():
            return write_constant(node.value)
        case Path():
            return "/".join(node.segments)
        case Call():
            return f"{node.name}({','.join(write(argument) for argument in node.arguments)})"
        case Operation():
            level = LEVEL[node.sign]
            left, right = _within(node.left, level), _within(node.right, level + 1)
            return f"{left} {node.sign} {right}"
        case Not():
            return f"not {_within(node.inner, 4)}"
        case Negative(inner=Path() | Call() | Negative()):
            return f"-{write(node.inner)}"
        case Negative():
            return f"-({write(node.inner)})"


def _within(node: Expression, level: int) -> str:
    own = LEVEL[node.sign] if isinstance(node, Operation) else 3 if isinstance(node, Not) else 9
    return write(node) if own >= level else f"({write(node)})"


def write_constant(value: Constant) -> str:
    """Write a value as it stands in a filter."""
    match value:
        case None:
            return "null"
        case bool():
            return "true" if value else "false"
        case int() | float():
            return repr(value)
        case str():
            return quoted(value)
        case Shape():
            return f"geography{quoted(value.text)}"
        case _:
            return write_time(value)


def quoted(text: str) -> str:
    """Write a text in quotes."""
    return "'" + text.replace("'", "''") + "'"


def write_time(value: datetime | date | time | timedelta | Interval) -> str:
    """Write what has to do with time as it stands in a filter."""
    match value:
        case datetime():
            return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
        case timedelta():
            return f"duration'{write_duration(value)}'"
        case Interval():
            return f"{write_time(value.start)}/{write_time(value.end)}"
        case _:
            return value.isoformat()


def write_duration(value: timedelta) -> str:
    """Write a duration as ISO 8601 has it."""
    sign, whole = ("-", -value) if value < timedelta() else ("", value)
    return f"{sign}P{whole.days}DT{whole.seconds}.{whole.microseconds:06d}S"
