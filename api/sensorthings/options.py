"""Reads the query options: what is wanted of a set, and of the related entities that come along."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

from api.errors import ProblemError
from api.sensorthings.grammar import read_filter, read_orders
from api.sensorthings.lexer import LONGEST_OPTION
from api.sensorthings.refusal import refused
from store.sensorthings.expression import Expression
from store.sensorthings.model import SETS, EntitySet
from store.sensorthings.question import Order

TOP, NESTED_TOP = 100, 25
MOST_TOP = 10_000
MOST_SKIP = 100_000
MOST_ENTITIES = 100_000  # of an answer, with all that comes along
DEEPEST_EXPAND = 6
MOST_EXPANDS = 60
KNOWN = frozenset(
    {"$select", "$expand", "$orderby", "$top", "$skip", "$count", "$filter", "$resultFormat", "$skiptoken"}
)
NESTED = frozenset({"$select", "$expand", "$orderby", "$top", "$skip", "$count", "$filter"})
ID_NAMES = ("id", "@iot.id")
_ITEM = re.compile(r"(?P<path>[A-Za-z]+(?:/[A-Za-z]+)*)(?:\((?P<options>.*)\))?", re.DOTALL | re.ASCII)


@dataclass(frozen=True, slots=True)
class Options:
    """What is wanted of a set. `select` is None where all is; `select` holds `id` for the control information."""

    select: tuple[str, ...] | None = None
    expand: "Mapping[str, Options]" = field(default_factory=dict)
    orders: tuple[Order, ...] = ()
    top: int | None = None
    skip: int = 0
    count: bool = False
    where: Expression | None = None
    result_format: Literal["dataArray"] | None = None
    skip_token: str | None = None


def read_options(pairs: Sequence[tuple[str, str]], entity_set: EntitySet) -> Options:
    """Read the query of a request.

    Raises
    ------
    ProblemError
        400 for an option that is unknown, given twice, cannot be read, or asks for too much.
    """
    options = read_pairs([pair for pair in pairs if pair[0].startswith("$")], entity_set, KNOWN, 0)
    if sum(1 for _ in all_expands(options)) > MOST_EXPANDS:
        raise refused(f"$expand: at most {MOST_EXPANDS} relations in one request")
    if (n_entities := reckon(options, entity_set)) > MOST_ENTITIES:
        raise too_many(n_entities)
    return options


def read_pairs(pairs: Sequence[tuple[str, str]], entity_set: EntitySet, known: frozenset[str], depth: int) -> Options:
    """Read options by their names. Raises ProblemError."""
    text_by_name = dict(pairs)
    if len(text_by_name) < len(pairs):
        raise refused("each query option stands once")
    for name, text in text_by_name.items():
        if name not in known:
            raise refused(f"{name[:40]!r} is no query option here; there are {', '.join(sorted(known))}")
        if len(text) > LONGEST_OPTION or "\x00" in text:
            raise refused(f"{name} has at most {LONGEST_OPTION} characters, and no zero byte")
    get = text_by_name.get
    return Options(
        select=read_select(get("$select"), entity_set),
        expand=read_expand(get("$expand"), entity_set, depth),
        orders=read_orders(text_by_name["$orderby"]) if get("$orderby") is not None else (),
        top=read_number("$top", get("$top"), MOST_TOP),
        skip=read_number("$skip", get("$skip"), MOST_SKIP) or 0,
        count=read_flag(get("$count")),
        where=read_filter(text_by_name["$filter"]) if get("$filter") is not None else None,
        result_format=read_format(get("$resultFormat"), entity_set),
        skip_token=get("$skiptoken"),
    )


def read_select(text: str | None, entity_set: EntitySet) -> tuple[str, ...] | None:
    """Read which properties are wanted. Raises ProblemError."""
    if text is None:
        return None
    names = [name.strip() for name in text.split(",")]
    for name in names:
        if name not in ID_NAMES and name not in entity_set.properties and name not in entity_set.relations:
            raise refused(f"$select: {entity_set.type} has no property or relation {name[:60]!r}")
    return tuple("id" if name in ID_NAMES else name for name in names)


def read_expand(text: str | None, entity_set: EntitySet, depth: int) -> dict[str, Options]:
    """Read what comes along. `A/B` is `A($expand=B)`. Raises ProblemError."""
    found: dict[str, Options] = {}
    if text is None:
        return found
    if depth >= DEEPEST_EXPAND:
        raise refused(f"$expand: at most {DEEPEST_EXPAND} levels")
    for item in split(text, ","):
        match = _ITEM.fullmatch(item.strip())
        if match is None:
            raise refused(f"$expand: {item[:60]!r} is no relation")
        name, _, rest = match["path"].partition("/")
        if (relation := entity_set.relations.get(name)) is None:
            raise refused(f"$expand: {entity_set.type} has no relation {name[:60]!r}")
        target = SETS[relation.target]
        inside = f"$expand={rest}({match['options']})" if match["options"] and rest else match["options"]
        if rest and not match["options"]:
            inside = f"$expand={rest}"
        options = read_pairs(nested_pairs(inside or ""), target, NESTED, depth + 1)
        found[name] = merge(found[name], options) if name in found else options
    return found


def nested_pairs(text: str) -> list[tuple[str, str]]:
    """Cut the options within parentheses. Raises ProblemError."""
    pairs = []
    for part in split(text, ";") if text else []:
        name, equals, value = part.strip().partition("=")
        if not equals:
            raise refused(f"$expand: {part[:60]!r} is no option such as $top=5")
        pairs.append((name, value))
    return pairs


def split(text: str, sign: str) -> Iterator[str]:
    """Cut a text at a sign that stands neither within parentheses nor within quotes. Raises ProblemError."""
    depth, start, is_quoted = 0, 0, False
    for index, character in enumerate(text):
        if character == "'":
            is_quoted = not is_quoted
        elif not is_quoted:
            depth += (character == "(") - (character == ")")
            if depth < 0:
                raise refused("a parenthesis is closed that was never opened")
            if character == sign and depth == 0:
                yield text[start:index]
                start = index + 1
    if depth or is_quoted:
        raise refused("a parenthesis or quotation is never closed")
    yield text[start:]


def merge(first: Options, second: Options) -> Options:
    """Take together what is said twice of one relation; of options that differ the later one counts."""
    expand = dict(first.expand)
    for name, options in second.expand.items():
        expand[name] = merge(expand[name], options) if name in expand else options
    given = second if second != Options(expand=second.expand) else first
    return replace(given, expand=expand)


def read_number(name: str, text: str | None, most: int) -> int | None:
    """Read a count. Raises ProblemError."""
    if text is None:
        return None
    if not (text.isascii() and text.isdecimal()) or len(text) > 18:
        raise refused(f"{name} is a whole number from 0, not {text[:40]!r}")
    number = int(text)
    if name == "$skip" and number > most:
        raise refused(f"$skip goes to {most}: follow @iot.nextLink, or narrow the set by $filter")
    return min(number, most)


def read_flag(text: str | None) -> bool:
    """Read true or false. Raises ProblemError."""
    if text not in {None, "true", "false"}:
        raise refused(f"$count is true or false, not {str(text)[:40]!r}")
    return text == "true"


def read_format(text: str | None, entity_set: EntitySet) -> Literal["dataArray"] | None:
    """Read the form of the answer. Raises ProblemError."""
    if text is None:
        return None
    if text != "dataArray" or entity_set.type != "Observation":
        raise refused("$resultFormat is dataArray, for Observations only")
    return "dataArray"


def all_expands(options: Options) -> Iterator[Options]:
    """Give what comes along, at every level."""
    for inner in options.expand.values():
        yield inner
        yield from all_expands(inner)


def reckon(options: Options, entity_set: EntitySet) -> int:
    """Reckon how many entities an answer may hold by every `$top` that was asked for."""
    inner = 0
    for name, nested in options.expand.items():
        relation = entity_set.relations[name]
        inner += reckon(nested if relation.is_many else replace(nested, top=1), SETS[relation.target])
    return (1 if options.top is None else options.top) * (1 + inner)


def too_many(n_entities: int) -> ProblemError:
    """Give the error for an answer that would hold too much."""
    return refused(
        f"this asks for {n_entities} entities or more, at most {MOST_ENTITIES} are given at once: "
        "lower $top, also within $expand, and follow @iot.nextLink"
    )
