"""Addresses of entities, and of the page that follows."""

import base64
import binascii
from datetime import timedelta
from typing import Annotated, Any
from urllib.parse import quote

import msgspec

from api.sensorthings.options import Options
from api.sensorthings.refusal import refused
from store.reader import Row
from store.sensorthings.expression import write
from store.sensorthings.model import EntitySet, Id
from store.sensorthings.question import EPOCH, After

SAFE = "$()',;:=/*!@"
Rank = Annotated[int, msgspec.Meta(ge=0, le=9)]
Number = Annotated[int, msgspec.Meta(ge=0, le=2**63 - 1)]
Micros = Annotated[int, msgspec.Meta(ge=-(10**16), le=10**16)]
Token = tuple[Rank, Number | None, Micros | None, bool]


def identity(entity_set: EntitySet, value: Any) -> Id:  # Any: a column of ids, numbers or texts
    """Give an id as the outside sees it.

    >>> from store.sensorthings.model import SETS
    >>> identity(SETS["Observations"], "8589934592"), identity(SETS["Observations"], "12-1772323200000000")
    (8589934592, '12-1772323200000000')
    """
    if isinstance(value, str) and value.isascii() and value.isdecimal():
        return int(value)
    return value if isinstance(value, str) else int(value)


def address(root: str, entity_set: EntitySet, id_: Id) -> str:
    """Give the address of an entity."""
    within = str(id_) if isinstance(id_, int) else "'" + id_.replace("'", "''") + "'"
    return f"{root}/{entity_set.name}({within})"


def next_link(base: str, options: Options, given: int, row: Row, by_key: bool, is_falling: bool) -> str:
    """Give the address of the page behind the last row of this one, of which `given` came before it and with it."""
    pairs = write_options(options)
    if by_key:
        pairs.append(("$skiptoken", write_token(row, is_falling)))
    else:
        pairs.append(("$skip", str(options.skip + given)))
    return f"{base}?{'&'.join(f'{name}={quote(text, safe=SAFE)}' for name, text in pairs)}"


def write_options(options: Options) -> list[tuple[str, str]]:
    """Write options again, without where the page begins."""
    pairs: list[tuple[str, str]] = []
    if options.where is not None:
        pairs.append(("$filter", write(options.where)))
    if options.orders:
        words = (f"{write(one.by)} {'desc' if one.is_falling else 'asc'}" for one in options.orders)
        pairs.append(("$orderby", ",".join(words)))
    if options.select is not None:
        pairs.append(("$select", ",".join(options.select)))
    if options.expand:
        pairs.append(("$expand", ",".join(write_expand(*item) for item in options.expand.items())))
    if options.count:
        pairs.append(("$count", "true"))
    if options.result_format:
        pairs.append(("$resultFormat", options.result_format))
    if options.top is not None:
        pairs.append(("$top", str(options.top)))
    return pairs


def write_expand(name: str, options: Options) -> str:
    """Write what comes along."""
    pairs = write_options(options)
    if options.skip:
        pairs.append(("$skip", str(options.skip)))
    return f"{name}({';'.join('='.join(pair) for pair in pairs)})" if pairs else name


def write_token(row: Row, is_falling: bool) -> str:
    """Write where a row stands."""
    at = row["instant"]
    micros = None if at is None else round((at - EPOCH) / timedelta(microseconds=1))
    token = (row["rank"], row["number"], micros, is_falling)
    return base64.urlsafe_b64encode(msgspec.json.encode(token)).decode().rstrip("=")


def read_token(text: str | None) -> After | None:
    """Read where a page begins. Raises ProblemError."""
    if text is None:
        return None
    try:
        rank, number, micros, is_falling = msgspec.json.decode(
            base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)), type=Token
        )
    except (binascii.Error, ValueError, msgspec.MsgspecError) as error:
        raise refused("$skiptoken: use @iot.nextLink of the page before, unchanged") from error
    at = None if micros is None else EPOCH + timedelta(microseconds=micros)
    return After(rank, number or 0, at or EPOCH, is_falling)
