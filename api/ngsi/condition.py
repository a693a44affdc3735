"""The query language of NGSI-LD (`q`): read into a tree. See `api.ngsi.match` for what it means."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Any, Literal

from api.ngsi.context import Context
from api.ngsi.drafts import RESERVED
from api.ngsi.refusal import bad

Sign = Literal["==", "!=", ">=", "<=", ">", "<", "~=", "!~=", "has"]
LONGEST, MOST_TERMS, DEEPEST = 8_000, 100, 30
_TOKEN = re.compile(
    r"""(?P<text>"(?:[^"\\]|\\.)*")|(?P<sign>==|!=|>=|<=|!~=|~=|>|<)|(?P<range>\.\.)|(?P<mark>[();|,\[\]])
    |(?P<word>(?:[^\s"=!<>~();|,\[\].]|\.(?!\.)|~(?!=))+)|(?P<blank>[ ]+)""",
    re.VERBOSE,
)
_NUMBER = re.compile(r"[+-]?\d{1,300}(\.\d{1,300})?([eE][+-]?\d{1,3})?", re.ASCII)
_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d([.,]\d{1,6})?(Z|[+-]\d\d:\d\d)", re.ASCII)
_DAY, _CLOCK = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII), re.compile(r"\d\d:\d\d:\d\d([.,]\d{1,6})?Z", re.ASCII)


@dataclass(frozen=True, slots=True)
class Range:
    """From one value to another, ends included."""

    low: Any
    high: Any


@dataclass(frozen=True, slots=True)
class Term:
    """A comparison. `names` are an attribute and attributes of it, as whole addresses; `within` leads into a value."""

    names: tuple[str, ...]
    within: tuple[str, ...] = ()
    sign: Sign = "has"
    values: tuple[Any, ...] = ()


@dataclass(frozen=True, slots=True)
class Both:
    """All of these hold, or one of them."""

    is_any: bool
    parts: "tuple[Condition, ...]"


Condition = Term | Both


def read_condition(text: str, context: Context) -> Condition:
    """Read a condition.

    Raises
    ------
    ProblemError
        400 that says from where it cannot be read.
    """
    if len(text) > LONGEST:
        raise bad(f"q has at most {LONGEST} characters")
    parser = Parser(text, context)
    found = parser.either(0)
    if parser.kind != "end":
        raise parser.trouble("; (and), | (or) or the end")
    return found


class Parser:
    """Reads from left to right; `;` binds as tightly as the standard says: tighter than `|`."""

    def __init__(self, text: str, context: Context) -> None:
        self.context = context
        self._tokens = list(cut(text))
        self._index = 0
        if len(self._tokens) > 8 * MOST_TERMS:
            raise bad(f"q has at most {MOST_TERMS} comparisons")

    @property
    def kind(self) -> str:
        """Give the kind of the next token."""
        return self._tokens[self._index][0]

    @property
    def text(self) -> str:
        """Give the text of the next token."""
        return self._tokens[self._index][1]

    def take(self) -> str:
        """Go one token on and give its text."""
        text = self.text
        self._index += 1
        return text

    def trouble(self, wanted: str) -> Exception:
        """Give the error where something else was wanted."""
        return bad(f"q: {wanted} is wanted where {self.text[:40] or 'the end'!r} stands")

    def either(self, depth: int) -> Condition:
        """Read conditions of which one must hold. Raises ProblemError."""
        return self._joined("|", depth)

    def _joined(self, mark: str, depth: int) -> Condition:
        if depth > DEEPEST:
            raise bad(f"q: parentheses go at most {DEEPEST} deep")
        parts = [self._joined(";", depth) if mark == "|" else self._single(depth)]
        while self.kind == "mark" and self.text == mark:
            self.take()
            parts.append(self._joined(";", depth) if mark == "|" else self._single(depth))
        return parts[0] if len(parts) == 1 else Both(mark == "|", tuple(parts))

    def _single(self, depth: int) -> Condition:
        if self.kind == "mark" and self.text == "(":
            self.take()
            found = self.either(depth + 1)
            self._require(")")
            return found
        return self._term()

    def _require(self, mark: str) -> None:
        if self.kind != "mark" or self.text != mark:
            raise self.trouble(mark)
        self.take()

    def _term(self) -> Term:
        if self.kind != "word":
            raise self.trouble("the name of an attribute")
        names = self._names(self.take())
        within: tuple[str, ...] = ()
        if self.kind == "mark" and self.text == "[":
            self.take()
            if self.kind not in {"word", "text"}:
                raise self.trouble("a name within the value")
            within = tuple(unquoted(self.take()).split("."))
            self._require("]")
        if self.kind != "sign":
            return Term(names, within)
        sign: Any = self.take()
        return Term(names, within, sign, tuple(self._values(sign)))

    def _names(self, text: str) -> tuple[str, ...]:
        """Take a path apart: an attribute that is written as a whole address has dots of its own."""
        if "://" in text:
            return (self.context.expand(text),)
        first, *rest = text.split(".")
        if not first or not all(rest):
            raise bad(f"q: {text[:60]!r} is no path of attributes")
        return (self.context.expand(first), *(one if one in RESERVED else self.context.expand(one) for one in rest))

    def _values(self, sign: str) -> Iterator[Any]:
        yield self._value(sign)
        while self.kind == "mark" and self.text == ",":
            if sign not in {"==", "!="}:
                raise bad("q: lists of values go with == and != only")
            self.take()
            yield self._value(sign)

    def _value(self, sign: str) -> Any:
        if self.kind not in {"word", "text"}:
            raise self.trouble("a value, texts in double quotes")
        is_text = self.kind == "text"
        text = self.take()
        if sign in {"~=", "!~="}:
            return unquoted(text)
        value = unquoted(text) if is_text else read_word(text)
        if self.kind != "range":
            return value
        self.take()
        if self.kind not in {"word", "text"} or sign not in {"==", "!="}:
            raise self.trouble("the end of a range, with == or !=")
        is_text = self.kind == "text"
        end = self.take()
        return Range(value, unquoted(end) if is_text else read_word(end))


def cut(text: str) -> Iterator[tuple[str, str]]:
    """Cut a text into tokens; the last one is the end. Raises ProblemError."""
    position = 0
    while position < len(text):
        match = _TOKEN.match(text, position)
        if match is None:
            raise bad(f"q cannot be read from here: {text[position : position + 40]!r}")
        position = match.end()
        if match.lastgroup != "blank":
            yield str(match.lastgroup), match.group()
    yield "end", ""


def unquoted(text: str) -> str:
    """Give what stands within quotes, if there are any."""
    if len(text) < 2 or not text.startswith('"'):
        return text
    return re.sub(r"\\([\"\\])", r"\1", text[1:-1])


def read_word(text: str) -> Any:
    """Give what a bare word stands for: number, true, false, null, time, or a text such as a URI."""
    if text in {"true", "false", "null"}:
        return {"true": True, "false": False, "null": None}[text]
    if _NUMBER.fullmatch(text):
        return float(text)
    return read_time(text) or text


def read_time(text: str) -> datetime | date | time | None:
    """Give the instant, day or time of day that a text is, if it is one."""
    try:
        if _TIME.fullmatch(text):
            return datetime.fromisoformat(text.replace(",", ".")).astimezone(UTC)
        if _DAY.fullmatch(text):
            return date.fromisoformat(text)
        return time.fromisoformat(text.replace(",", ".")) if _CLOCK.fullmatch(text) else None
    except (ValueError, OverflowError):
        return None


def terms(condition: Condition) -> Iterator[Term]:
    """Give all comparisons of a condition."""
    if isinstance(condition, Term):
        yield condition
    else:
        for part in condition.parts:
            yield from terms(part)
