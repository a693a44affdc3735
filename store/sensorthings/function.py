"""The functions of `$filter`: what they take, what they give, and the SQL that does it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import LiteralString

from psycopg import sql

from store.sensorthings.errors import QuestionError, UnsupportedError
from store.sensorthings.value import Kind, Parameters, Value, as_bool, as_number, as_text, as_time

# Geometry is done beside the database: there is no PostGIS in Debian's own package.
GEOMETRIC = frozenset(
    {
        "geo.distance", "geo.length", "geo.intersects", "st_equals", "st_disjoint", "st_touches", "st_within",
        "st_overlaps", "st_crosses", "st_intersects", "st_contains", "st_relate",
    }
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Function:
    """Kinds of arguments, kind of what comes out, and a template with numbered places."""

    takes: tuple[Kind, ...]
    gives: Kind
    template: LiteralString


def _of_time(part: LiteralString) -> Function:
    return Function(("time",), "number", "extract(" + part + " from {0})::float8")


FUNCTIONS: Mapping[str, tuple[Function, ...]] = {
    "substringof": (Function(("text", "text"), "bool", "(strpos({1}, {0}) > 0)"),),
    "contains": (Function(("text", "text"), "bool", "(strpos({0}, {1}) > 0)"),),
    "startswith": (Function(("text", "text"), "bool", "starts_with({0}, {1})"),),
    "endswith": (Function(("text", "text"), "bool", "(right({0}, length({1})) = {1})"),),
    "length": (Function(("text",), "number", "length({0})::float8"),),
    "indexof": (Function(("text", "text"), "number", "(strpos({0}, {1}) - 1)::float8"),),
    "substring": (
        Function(("text", "number"), "text", "substr({0}, least(greatest({1}, 0), 1e6)::int + 1)"),
        Function(
            ("text", "number", "number"),
            "text",
            "substr({0}, least(greatest({1}, 0), 1e6)::int + 1, least(greatest({2}, 0), 1e6)::int)",
        ),
    ),
    "tolower": (Function(("text",), "text", "lower({0})"),),
    "toupper": (Function(("text",), "text", "upper({0})"),),
    "trim": (Function(("text",), "text", "btrim({0})"),),
    "concat": (Function(("text", "text"), "text", "({0} || {1})"),),
    "year": (_of_time("year"),),
    "month": (_of_time("month"),),
    "day": (_of_time("day"),),
    "hour": (_of_time("hour"),),
    "minute": (_of_time("minute"),),
    "second": (Function(("time",), "number", "floor(extract(second from {0}))::float8"),),
    "fractionalseconds": (
        Function(("time",), "number", "(extract(second from {0}) - floor(extract(second from {0})))::float8"),
    ),
    "date": (Function(("time",), "text", "to_char({0}, 'YYYY-MM-DD')"),),
    "time": (Function(("time",), "text", "to_char({0}, 'HH24:MI:SS.US')"),),
    "totaloffsetminutes": (Function(("time",), "number", "({0} is not null)::int::float8 * 0"),),  # all is UTC
    "now": (Function((), "time", "now()"),),
    "mindatetime": (Function((), "time", "'-infinity'::timestamptz"),),
    "maxdatetime": (Function((), "time", "'infinity'::timestamptz"),),
    "round": (Function(("number",), "number", "(sign({0}) * floor(abs({0}) + 0.5))"),),
    "floor": (Function(("number",), "number", "floor({0})"),),
    "ceiling": (Function(("number",), "number", "ceil({0})"),),
}
SIGNS: Mapping[str, LiteralString] = {
    "add": "({0} + {1})",
    "sub": "({0} - {1})",
    "mul": "({0} * {1})",
    "div": "({0} / nullif({1}, 0))",
    "mod": "mod(({0})::numeric, nullif(({1})::numeric, 0))::float8",
}
COMPARED: Mapping[str, LiteralString] = {
    "eq": "({0} = {1})",
    "ne": "({0} is distinct from {1})",
    "lt": "({0} < {1})",
    "le": "({0} <= {1})",
    "gt": "({0} > {1})",
    "ge": "({0} >= {1})",
}
# Of intervals: whether one is over before the other begins, as the standard orders them.
SPANS: Mapping[str, LiteralString] = {
    "eq": "({0} = {2} and {1} = {3})",
    "ne": "({0} is distinct from {2} or {1} is distinct from {3})",
    "lt": "({1} < {2})",
    "le": "({1} <= {2})",
    "gt": "({0} > {3})",
    "ge": "({0} >= {3})",
}


def call(parameters: Parameters, name: str, arguments: Sequence[Value]) -> Value:
    """Compile a call. Raises QuestionError, UnsupportedError."""
    if name not in FUNCTIONS:
        raise UnsupportedError(f"the function {name} is not supported; see docs/reference/sensorthings.md")
    fitting = [function for function in FUNCTIONS[name] if len(function.takes) == len(arguments)]
    if not fitting:
        raise QuestionError(f"{name} takes {len(FUNCTIONS[name][0].takes)} arguments, not {len(arguments)}")
    pieces = [as_wanted(parameters, kind, value) for kind, value in zip(fitting[0].takes, arguments, strict=True)]
    return Value(fitting[0].gives, sql.SQL(fitting[0].template).format(*pieces))


def as_wanted(parameters: Parameters, kind: Kind, value: Value) -> sql.Composable:
    """Give an argument as the function wants it. Raises QuestionError."""
    if kind == "text":
        return as_text(value)
    if kind == "number":
        return as_number(value)
    return as_time(parameters, value).sql


def reckon(sign: str, left: Value, right: Value) -> Value:
    """Compile a sum or product, of numbers or of times and durations. Raises QuestionError."""
    kinds = ("time" if left.kind == "interval" else left.kind, "time" if right.kind == "interval" else right.kind)
    template = sql.SQL(SIGNS[sign])
    if sign in {"add", "sub"} and kinds == ("time", "duration"):
        return Value("time", template.format(left.sql, right.sql))
    if sign == "sub" and kinds == ("time", "time"):
        return Value("duration", template.format(left.sql, right.sql))
    if sign in {"add", "sub"} and kinds == ("duration", "duration"):
        return Value("duration", template.format(left.sql, right.sql))
    return Value("number", template.format(as_number(left), as_number(right)))


def compare(parameters: Parameters, sign: str, left: Value, right: Value) -> sql.Composable:
    """Compile a comparison; each side becomes what the other is. Raises QuestionError."""
    if "null" in {left.kind, right.kind}:
        return compare_null(sign, left, right)
    kinds = {left.kind, right.kind}
    template = sql.SQL(COMPARED[sign])
    if kinds & {"time", "interval"}:
        return compare_times(sign, as_time(parameters, left), as_time(parameters, right))
    if kinds == {"duration"}:
        return template.format(left.sql, right.sql)
    if "number" in kinds or kinds == {"result"}:
        return template.format(as_number(left), as_number(right))
    if "bool" in kinds:
        return template.format(as_bool(left), as_bool(right))
    texts = [sql.SQL('({} collate "C")').format(as_text(value)) for value in (left, right)]
    return template.format(*texts)


def compare_null(sign: str, left: Value, right: Value) -> sql.Composable:
    """Compile a comparison with null, which equals only itself."""
    value = right if left.kind == "null" else left
    if sign not in {"eq", "ne"}:
        return sql.SQL("false")
    if value.kind == "null":
        return sql.SQL("true" if sign == "eq" else "false")
    subject = as_text(value) if value.kind in {"json", "result"} else value.sql
    return sql.SQL("({} is null)" if sign == "eq" else "({} is not null)").format(subject)


def compare_times(sign: str, left: Value, right: Value) -> sql.Composable:
    """Compile a comparison of instants or intervals; an interval without an end is an instant."""
    if left.kind == right.kind == "time":
        return sql.SQL(COMPARED[sign]).format(left.sql, right.sql)
    ends = [sql.SQL("coalesce({}, {})").format(value.end or value.sql, value.sql) for value in (left, right)]
    return sql.SQL(SPANS[sign]).format(left.sql, ends[0], right.sql, ends[1])
