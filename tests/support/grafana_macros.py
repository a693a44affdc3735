"""What Grafana does to SQL before PostgreSQL sees it: the browser's variables first, then the data source's macros.

Written from the published behaviour: plain replacements over the whole text, then each `$name(args)` whose arguments
end at the first closing parenthesis.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

CALL = re.compile(r"\$(\w+)\(([^)]*)\)")
VARIABLE = re.compile(r"\$\{(\w+)(?::(\w+))?\}|\$(?!__)(\w+)")
SPAN = re.compile(r"(\d+(?:\.\d+)?)(ms|s|m|h|d|w|M|y)")
MS_BY_UNIT = {"y": 31_536_000_000, "d": 86_400_000, "h": 3_600_000, "m": 60_000, "s": 1_000, "ms": 1}


class Raw(str):
    """What stands for "all" of a variable: it goes into the text as it is."""

    __slots__ = ()


Value = str | Sequence[str]


class MacroError(Exception):
    """Grafana would refuse the query with this message."""


@dataclass(frozen=True, slots=True)
class Range:
    """The chosen times, both aware, and the interval between two points [ms]."""

    begin: datetime
    end: datetime
    interval_ms: int = 60_000
    has_timescaledb: bool = True


def expand(sql: str, span: Range, variables: Mapping[str, Value] | None = None) -> str:
    """Give the SQL that PostgreSQL would see.

    Raises
    ------
    MacroError
        A macro or variable is unknown, or a macro lacks an argument.
    """
    return expand_macros(interpolate(sql, variables or {}), span)


def interpolate(sql: str, variables: Mapping[str, Value]) -> str:
    """Replace the dashboard's variables: one value raw with its quotes doubled, several quoted and listed."""

    def replacement(match: re.Match[str]) -> str:
        name = match[1] or match[3]
        if name not in variables:
            if sql[match.end() : match.end() + 1] == "(":
                return match[0]  # a macro's name, or an unknown one that the server refuses
            raise MacroError(f"unknown variable {name}")
        value = variables[name]
        if isinstance(value, str):
            return value if match[2] == "raw" or isinstance(value, Raw) else value.replace("'", "''")
        return ",".join("'" + one.replace("'", "''") + "'" for one in value)

    return VARIABLE.sub(replacement, sql)


def expand_macros(sql: str, span: Range) -> str:
    """Do what the data source does: plain text first, then calls."""
    for name, text in (
        ("$__interval_ms", str(span.interval_ms)),
        ("$__interval", interval_text(span.interval_ms)),
        ("$__unixEpochFrom()", str(int(span.begin.timestamp()))),
        ("$__unixEpochTo()", str(int(span.end.timestamp()))),
    ):
        sql = sql.replace(name, text)

    def replacement(match: re.Match[str]) -> str:
        arguments = [argument.strip() for argument in match[2].split(",")]
        # Old habit kept by Grafana: a bare group followed by a comma is named for the reader.
        is_followed = sql[match.end() : match.end() + 1] == ","
        return expand_call(match[1], arguments, span, is_followed)

    return CALL.sub(replacement, sql)


def expand_call(name: str, arguments: list[str], span: Range, is_followed: bool) -> str:
    """Expand one macro; `is_followed` says that a comma stands directly behind it."""
    if name.endswith("GroupAlias"):
        return expand_group(name.removesuffix("Alias"), arguments, span) + ' AS "time"'
    if name.endswith("Group"):
        return expand_group(name, arguments, span) + (' AS "time"' if is_followed else "")
    if name in ("__timeFrom", "__timeTo", "__unixEpochNanoFrom", "__unixEpochNanoTo"):
        at = span.begin if name.endswith("From") else span.end
        return nanoseconds(at) if "Nano" in name else quoted(at)
    templates = {
        "__time": '{0} AS "time"',
        "__timeEpoch": 'extract(epoch from {0}) as "time"',
        "__timeFilter": f"{{0}} BETWEEN {quoted(span.begin)} AND {quoted(span.end)}",
        "__unixEpochFilter": f"{{0}} >= {seconds(span.begin)} AND {{0}} <= {seconds(span.end)}",
        "__unixEpochNanoFilter": f"{{0}} >= {nanoseconds(span.begin)} AND {{0}} <= {nanoseconds(span.end)}",
    }
    if name not in templates:
        raise MacroError(f"unknown macro {name}")
    if not arguments[0]:
        raise MacroError(f"missing time column argument for macro {name}")
    return templates[name].format(arguments[0])


def expand_group(name: str, arguments: list[str], span: Range) -> str:
    """Expand `__timeGroup` and `__unixEpochGroup`; a third argument (fill) is Grafana's, not the server's."""
    if name not in ("__timeGroup", "__unixEpochGroup"):
        raise MacroError(f"unknown macro {name}")
    if len(arguments) < 2:
        raise MacroError(f"macro {name} needs time column and interval")
    column, length_s = arguments[0], span_seconds(arguments[1].strip("'\""), span.end)
    if name == "__unixEpochGroup":
        return f"floor(({column})/{length_s:.0f})*{length_s:.0f}"
    if span.has_timescaledb:
        return f"time_bucket('{length_s:.3f}s',{column})"
    return f"floor(extract(epoch from {column})/{length_s:.0f})*{length_s:.0f}"


def span_seconds(text: str, now: datetime) -> float:
    """Read `5m`, `1h30m`, `12d`, `1M`: the long units are counted from now."""
    if re.sub(SPAN, "", text) or not text:
        raise MacroError(f"error parsing interval {text}")
    total = 0.0
    for number, unit in SPAN.findall(text):
        if unit in ("M", "y"):
            total += calendar_seconds(int(number), unit, now)
        else:
            total += float(number) * (604_800 if unit == "w" else MS_BY_UNIT[unit] / 1000)
    return total


def calendar_seconds(number: int, unit: str, now: datetime) -> float:
    """Seconds that `number` months or years from now take, days past a month's end running over."""
    months = now.month - 1 + number * (12 if unit == "y" else 1)
    first = now.replace(year=now.year + months // 12, month=months % 12 + 1, day=1)
    return (first + timedelta(days=now.day - 1) - now).total_seconds()


def interval_text(interval_ms: int) -> str:
    """Write an interval in the largest unit that fits at least once, the rest cut off."""
    for unit, length_ms in MS_BY_UNIT.items():
        if interval_ms >= length_ms:
            return f"{interval_ms // length_ms}{unit}"
    return "1ms"


def quoted(at: datetime) -> str:
    """Write an instant as RFC 3339 in UTC, with a fraction only where there is one."""
    text = at.strftime("%Y-%m-%dT%H:%M:%S")
    fraction = f".{at.microsecond:06d}".rstrip("0").rstrip(".")
    return f"'{text}{fraction}Z'"


def seconds(at: datetime) -> str:
    """Whole seconds since 1970."""
    return str(int(at.timestamp()))


def nanoseconds(at: datetime) -> str:
    """Nanoseconds since 1970, to the microsecond."""
    return f"{int(at.timestamp())}{at.microsecond * 1000:09d}"
