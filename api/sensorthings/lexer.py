"""Cuts the text of a query option into tokens."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from math import isfinite
from typing import Literal

from api.sensorthings.refusal import refused
from store.sensorthings.expression import Constant, Interval, Shape

LONGEST_OPTION = 8_000
MOST_TOKENS = 400  # a chain of operators is as deep as it is long
_INSTANT = r"-?\d{4,}-\d{2}-\d{2}T\d{2}:\d{2}(?::\d{2}(?:\.\d{1,12})?)?(?:Z|[+-]\d{2}:?\d{2})"
_TOKEN = re.compile(
    rf"""
    (?P<space>[ \t]+)
    | (?P<interval>{_INSTANT}/{_INSTANT})
    | (?P<instant>{_INSTANT})
    | (?P<date>\d{{4}}-\d{{2}}-\d{{2}}(?![\dT]))
    | (?P<time>\d{{2}}:\d{{2}}(?::\d{{2}}(?:\.\d{{1,6}})?)?)
    | (?P<number>(?:\d+(?:\.\d+)?|\.\d+)(?:[eE][+-]?\d+)?)
    | (?P<prefixed>(?:duration|geography|geometry|date|datetime|datetimeoffset)'(?:[^']|'')*')
    | (?P<text>'(?:[^']|'')*')
    | (?P<path>@?[A-Za-z_][\w.@-]*(?:/[\w.@$-]+)*)
    | (?P<sign>[(),-])
    """,
    re.VERBOSE | re.ASCII,
)
_DURATION = re.compile(
    r"(?P<sign>-)?P(?:(?P<days>\d{1,7})D)?(?:T(?:(?P<hours>\d{1,7})H)?(?:(?P<minutes>\d{1,7})M)?"
    r"(?:(?P<seconds>\d{1,9}(?:\.\d{1,6})?)S)?)?",
    re.ASCII,
)
Kind = Literal["literal", "path", "sign", "end"]


@dataclass(frozen=True, slots=True)
class Token:
    """A piece: a literal with its value, a path or word, a sign, or the end."""

    kind: Kind
    text: str
    value: Constant = None


def cut(text: str) -> list[Token]:
    """Cut a text into tokens; the last one is the end.

    Raises
    ------
    ProblemError
        400 where something is none, or there is too much of it.
    """
    if len(text) > LONGEST_OPTION:
        raise refused(f"a query option has at most {LONGEST_OPTION} characters")
    tokens: list[Token] = []
    position = 0
    while position < len(text):
        match = _TOKEN.match(text, position)
        if match is None:
            raise refused(f"cannot be read from here: {text[position : position + 40]!r}")
        position = match.end()
        if match.lastgroup != "space":
            tokens.append(make_token(str(match.lastgroup), match.group()))
    if len(tokens) > MOST_TOKENS:
        raise refused(f"a query option has at most {MOST_TOKENS} parts")
    return [*tokens, Token("end", "the end")]


def make_token(group: str, text: str) -> Token:
    """Give the token of a piece. Raises ProblemError."""
    if group in {"path", "sign"}:
        if text in {"null", "true", "false"}:
            return Token("literal", text, {"null": None, "true": True, "false": False}[text])
        return Token("path" if group == "path" else "sign", text)
    try:
        return Token("literal", text, read_literal(group, text))
    except (ValueError, OverflowError) as error:
        raise refused(f"{text[:60]!r} is not a {group} that there is") from error


def read_literal(group: str, text: str) -> Constant:
    """Read a literal by its kind. Raises ValueError, OverflowError."""
    match group:
        case "number":
            return int(text) if text.isdigit() and len(text) < 30 else require_finite(float(text))
        case "text":
            return require_text(text[1:-1].replace("''", "'"))
        case "instant":
            return read_instant(text)
        case "interval":
            start, _, end = text.partition("/")
            return Interval(read_instant(start), read_instant(end))
        case "date":
            return datetime.fromisoformat(text).date()
        case "time":
            return time.fromisoformat(text)
        case _:
            return read_prefixed(text)


def read_prefixed(text: str) -> Constant:
    """Read a literal that says what it is. Raises ValueError, OverflowError."""
    prefix, _, quoted = text.partition("'")
    content = require_text(quoted[:-1].replace("''", "'"))
    if prefix == "duration":
        return read_duration(content)
    if prefix in {"geography", "geometry"}:
        return Shape(content.upper().removeprefix("SRID=4326;").strip())
    return datetime.fromisoformat(content).date() if prefix == "date" else read_instant(content)


def read_instant(text: str) -> datetime:
    """Read an instant with its offset. Raises ValueError, OverflowError."""
    head, dot, tail = text.partition(".")
    if dot:  # no finer than the store
        digits = re.match(r"\d+", tail)
        n_digits = digits.end() if digits else 0
        text = f"{head}.{tail[: min(n_digits, 6)]}{tail[n_digits:]}"
    found = datetime.fromisoformat(text)
    if found.tzinfo is None:
        raise ValueError(text)
    return found.astimezone(UTC)


def read_duration(text: str) -> timedelta:
    """Read an ISO 8601 duration of days and shorter. Raises ValueError, OverflowError."""
    match = _DURATION.fullmatch(text)
    if match is None or not any(match.group(name) for name in ("days", "hours", "minutes", "seconds")):
        raise ValueError(text)
    parts = {name: float(match.group(name) or 0) for name in ("days", "hours", "minutes", "seconds")}
    found = timedelta(**parts)
    return -found if match.group("sign") else found


def require_finite(number: float) -> float:
    """Pass on a number that there is. Raises OverflowError."""
    if not isfinite(number):
        raise OverflowError(number)
    return number


def require_text(text: str) -> str:
    """Pass on a text that a database can hold. Raises ValueError."""
    if "\x00" in text:
        raise ValueError(text)
    text.encode()  # a lone surrogate raises
    return text
