"""A compiled value: a piece of SQL and of what kind it is. All literals are parameters."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Literal as OneOf

from psycopg import sql
from psycopg.sql import Composable

from store.sensorthings.errors import QuestionError
from store.sensorthings.expression import Constant, Interval, Shape

Kind = OneOf["bool", "number", "text", "time", "interval", "json", "result", "duration", "null"]


@dataclass(frozen=True, slots=True)
class Value:
    """SQL of a value. `end` is the end of an interval, or the text of a result; `constant` what stood in the filter."""

    kind: Kind
    sql: Composable
    end: Composable | None = None
    constant: Constant = None


class Parameters:
    """The parameters of a statement, named as they come."""

    def __init__(self) -> None:
        self.values: dict[str, object] = {}

    def bind(self, value: object, kind: str) -> sql.Composable:
        """Take a value and give its place, cast to a type."""
        name = f"p{len(self.values)}"
        self.values[name] = value
        return sql.Placeholder(name) + sql.SQL("::") + sql.Identifier(*kind.split("."))

    def bind_list(self, values: list[int] | list[str] | list[float], kind: str) -> sql.Composable:
        """Take a list and give its place, cast to an array of a type."""
        return self.bind(values, kind) + sql.SQL("[]")


def constant_value(parameters: Parameters, constant: Constant) -> Value:
    """Compile what stands in a filter."""
    match constant:
        case None:
            return Value("null", sql.SQL("null"))
        case bool():
            return Value("bool", parameters.bind(constant, "bool"), None, constant)
        case int() | float():
            return Value("number", parameters.bind(as_float(constant), "float8"), None, constant)
        case str():
            return Value("text", parameters.bind(constant, "text"), None, constant)
        case Shape():
            raise QuestionError("a geometry stands only within a function such as st_within")
        case _:
            return time_value(parameters, constant)


def time_value(parameters: Parameters, constant: datetime | date | time | timedelta | Interval) -> Value:
    """Compile what has to do with time."""
    match constant:
        case Interval():
            start, end = (parameters.bind(at, "timestamptz") for at in (constant.start, constant.end))
            return Value("interval", start, end, constant)
        case datetime():
            return Value("time", parameters.bind(constant, "timestamptz"), None, constant)
        case timedelta():
            return Value("duration", parameters.bind(constant, "interval"), None, constant)
        case date():
            return Value("text", parameters.bind(constant.isoformat(), "text"), None, constant)
        case _:
            return Value("text", parameters.bind(constant.strftime("%H:%M:%S.%f"), "text"), None, constant)


def as_float(number: float) -> float:
    """Give a number as the database reckons with it."""
    try:
        return float(number)
    except OverflowError:
        return float("inf") if number > 0 else float("-inf")


def as_number(value: Value) -> sql.Composable:
    """Give a value as a number. Raises QuestionError."""
    match value.kind:
        case "number" | "null" | "result":
            return value.sql
        case "json":
            return sql.SQL("(case when jsonb_typeof({0}) = 'number' then ({0})::float8 end)").format(value.sql)
        case _:
            raise QuestionError(f"a number is wanted where a {value.kind} stands")


def as_text(value: Value) -> sql.Composable:
    """Give a value as a text. Raises QuestionError."""
    match value.kind:
        case "text" | "null":
            return value.sql
        case "result":
            return value.end or value.sql
        case "json":
            return sql.SQL("({} #>> '{{}}')").format(value.sql)
        case _:
            raise QuestionError(f"a text is wanted where a {value.kind} stands")


def as_time(parameters: Parameters, value: Value) -> Value:
    """Give a value as an instant or interval. Raises QuestionError."""
    if value.kind in {"time", "interval", "null"}:
        return value
    constant = value.constant
    if isinstance(constant, str):
        return constant_value(parameters, read_time(constant))
    if isinstance(constant, date):
        return constant_value(parameters, datetime(constant.year, constant.month, constant.day, tzinfo=UTC))
    raise QuestionError("a time is compared with an instant such as 2026-03-01T00:00:00Z")


def read_time(text: str) -> datetime | Interval:
    """Read an instant, or an interval of two with a slash between. Raises QuestionError."""
    try:
        instants = [datetime.fromisoformat(part.strip()) for part in text.split("/")]
        aware = [at if at.tzinfo else at.replace(tzinfo=UTC) for at in instants]
        in_utc = [at.astimezone(UTC) for at in aware]
    except (ValueError, OverflowError) as error:
        raise QuestionError(f"{text[:40]!r} is no instant such as 2026-03-01T00:00:00Z") from error
    if len(in_utc) > 2:
        raise QuestionError(f"{text[:40]!r} is no interval of two instants")
    return in_utc[0] if len(in_utc) == 1 else Interval(in_utc[0], in_utc[1])


def as_bool(value: Value) -> sql.Composable:
    """Give a value as true or false. Raises QuestionError."""
    match value.kind:
        case "bool" | "null":
            return value.sql
        case "json":
            return sql.SQL("(case when jsonb_typeof({0}) = 'boolean' then ({0})::bool end)").format(value.sql)
        case "result":
            return sql.SQL("({} = 'true')").format(value.end or value.sql)
        case _:
            raise QuestionError(f"true or false is wanted where a {value.kind} stands")
