"""From the type of an input to a column type of Parquet, and values there and back without loss.

Understood are frozen dataclasses and msgspec structs, plain values (int, float, str, bool, date, datetime, time,
timedelta, enumerations, literals), None, and tuples, sequences, sets and mappings of these, nested as one likes, and
unions. Everything else is refused when the codec is made, so that a test of all domains finds it before a report does.

Read back, sequences are tuples and instants are in UTC.
"""

import dataclasses
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import Enum
from functools import cache
from types import NoneType, UnionType
from typing import Any, Literal, NewType, Union, cast, get_args, get_origin, get_type_hints

import msgspec
import pyarrow as pa

Convert = Callable[[Any], Any]  # what goes in depends on the type


class UnknownTypeError(TypeError):
    """Evidence cannot keep values of this type."""


@dataclass(frozen=True, slots=True)
class Codec:
    """How values of one type lie in a column: its type, from a value to what Arrow takes, and back.

    `accepts` says whether a value is of the type, to choose between the members of a union.
    """

    kind: pa.DataType
    encode: Convert
    decode: Convert
    accepts: Callable[[Any], bool]


def same(value: Any) -> Any:
    """Give the value itself."""
    return value


def to_utc(value: Any) -> datetime:
    """Give an instant in UTC. Raises TypeError where it has no zone."""
    if not isinstance(value, datetime) or value.tzinfo is None:
        raise TypeError(f"{value!r} is no instant with a zone")
    return value.astimezone(UTC)


PLAIN: Mapping[type, Codec] = {
    bool: Codec(pa.bool_(), bool, same, lambda value: type(value) is bool),
    int: Codec(pa.int64(), same, same, lambda value: type(value) is int),
    float: Codec(pa.float64(), float, same, lambda value: isinstance(value, float)),
    str: Codec(pa.string(), same, same, lambda value: isinstance(value, str)),
    datetime: Codec(pa.timestamp("us", tz="UTC"), to_utc, to_utc, lambda value: isinstance(value, datetime)),
    date: Codec(pa.date32(), same, same, lambda value: isinstance(value, date) and not isinstance(value, datetime)),
    time: Codec(pa.time64("us"), same, same, lambda value: isinstance(value, time)),
    timedelta: Codec(pa.duration("us"), same, same, lambda value: isinstance(value, timedelta)),
    NoneType: Codec(pa.null(), same, same, lambda value: value is None),
}


@cache
def codec_of(hint: Any) -> Codec:
    """Give the codec of a type.

    Raises
    ------
    UnknownTypeError
        No column can hold such values.
    """
    if isinstance(hint, NewType):
        return codec_of(hint.__supertype__)
    if hint in PLAIN:
        return PLAIN[hint]
    if is_record(hint):
        return record_codec(hint)
    if isinstance(hint, type) and issubclass(hint, Enum):
        return enum_codec(hint)
    return generic_codec(get_origin(hint), get_args(hint), hint)


def enum_codec(members: type[Enum]) -> Codec:
    """An enumeration is kept by its members' names."""
    return Codec(
        pa.string(), lambda member: member.name, lambda name: members[name], lambda value: isinstance(value, members)
    )


def generic_codec(origin: Any, arguments: tuple[Any, ...], hint: Any) -> Codec:
    """Give the codec of a type with arguments."""
    if origin in (Union, UnionType):
        return union_codec(arguments)
    if origin is Literal:
        return literal_codec(arguments)
    if origin is tuple and not (len(arguments) == 2 and arguments[1] is Ellipsis):
        return tuple_codec(arguments)
    if isinstance(origin, type) and issubclass(origin, Mapping):
        return mapping_codec(*arguments)
    if isinstance(origin, type) and issubclass(origin, Collection):
        return many_codec(origin, arguments[0])
    raise UnknownTypeError(f"evidence cannot keep {hint!r}")


def is_record(hint: Any) -> bool:
    """Say whether a type is a dataclass or a struct."""
    return isinstance(hint, type) and (dataclasses.is_dataclass(hint) or issubclass(hint, msgspec.Struct))


@cache
def fields_of(record: Any) -> Mapping[str, Any]:
    """Give the fields of a dataclass or struct with their types, in order; those that are made, not given, are left."""
    hints = get_type_hints(record)
    if issubclass(record, msgspec.Struct):
        return {name: hints[name] for name in record.__struct_fields__}
    return {field.name: hints[field.name] for field in dataclasses.fields(record) if field.init}


def record_codec(record: type) -> Codec:
    """A struct with the record's fields."""
    codecs = {name: codec_of(hint) for name, hint in fields_of(record).items()}
    kind = pa.struct([pa.field(name, codec.kind) for name, codec in codecs.items()])

    def encode(value: Any) -> dict[str, Any]:
        return {name: codec.encode(getattr(value, name)) for name, codec in codecs.items()}

    def decode(stored: Any) -> Any:
        return record(**{name: codecs[name].decode(part) for name, part in stored.items()})

    return Codec(kind, encode, decode, lambda value: type(value) is record)


def union_codec(members: tuple[Any, ...]) -> Codec:
    """A member or None as it is; else a struct with a column for each member, of which one is filled."""
    others = [member for member in members if member is not NoneType]
    codecs = [codec_of(member) for member in others]
    if len(codecs) == 1:
        only = codecs[0]
        return Codec(
            only.kind,
            lambda value: None if value is None else only.encode(value),
            lambda stored: None if stored is None else only.decode(stored),
            lambda value: value is None or only.accepts(value),
        )
    names = [getattr(member, "__name__", f"member_{index}") for index, member in enumerate(others)]
    if len(set(names)) < len(names):
        names = [f"{name}_{index}" for index, name in enumerate(names)]
    kind = pa.struct([pa.field("member", pa.string()), *map(pa.field, names, [codec.kind for codec in codecs])])

    def encode(value: Any) -> dict[str, Any] | None:
        if value is None:
            return None
        for name, codec in zip(names, codecs, strict=True):
            if codec.accepts(value):
                return {"member": name, name: codec.encode(value)}
        raise TypeError(f"{value!r} is none of {', '.join(names)}")

    def decode(stored: Any) -> Any:
        return None if stored is None else codecs[names.index(stored["member"])].decode(stored[stored["member"]])

    return Codec(kind, encode, decode, lambda value: any(codec.accepts(value) for codec in codecs))


def literal_codec(values: tuple[Any, ...]) -> Codec:
    """A literal is kept as what its values are."""
    kinds = {type(value) for value in values}
    if len(kinds) != 1:
        raise UnknownTypeError(f"evidence cannot keep literals of several types: {values}")
    plain = codec_of(cast(Any, kinds.pop()))
    return Codec(plain.kind, plain.encode, plain.decode, lambda value: value in values)


def tuple_codec(members: tuple[Any, ...]) -> Codec:
    """A struct with a numbered field for each place."""
    codecs = [codec_of(member) for member in members]
    kind = pa.struct([pa.field(f"_{index}", codec.kind) for index, codec in enumerate(codecs)])

    def encode(value: Any) -> dict[str, Any]:
        return {f"_{index}": codec.encode(part) for index, (codec, part) in enumerate(zip(codecs, value, strict=True))}

    def decode(stored: Any) -> tuple[Any, ...]:
        return tuple(codec.decode(stored[f"_{index}"]) for index, codec in enumerate(codecs))

    return Codec(kind, encode, decode, lambda value: isinstance(value, tuple) and len(value) == len(codecs))


def many_codec(origin: type, member: Any) -> Codec:
    """A list; sets in an order of their own, so that the same set gives the same bytes."""
    one = codec_of(member)
    if issubclass(origin, set | frozenset) or origin.__name__ in ("Set", "AbstractSet"):
        return Codec(
            pa.list_(one.kind),
            lambda value: sorted(one.encode(part) for part in value),
            lambda stored: frozenset(one.decode(part) for part in stored),
            lambda value: isinstance(value, set | frozenset),
        )
    if not (issubclass(tuple, origin) or issubclass(origin, Sequence)):
        raise UnknownTypeError(f"evidence cannot keep {origin!r}")
    return Codec(
        pa.list_(one.kind),
        lambda value: [one.encode(part) for part in value],
        lambda stored: tuple(one.decode(part) for part in stored),
        lambda value: isinstance(value, list | tuple),
    )


def mapping_codec(key: Any, member: Any) -> Codec:
    """A list of keys and values, in the order of the mapping."""
    of_key, of_member = codec_of(key), codec_of(member)
    kind = pa.list_(pa.struct([pa.field("key", of_key.kind), pa.field("value", of_member.kind)]))

    def encode(value: Any) -> list[dict[str, Any]]:
        return [{"key": of_key.encode(name), "value": of_member.encode(part)} for name, part in value.items()]

    def decode(stored: Any) -> dict[Any, Any]:
        return {of_key.decode(pair["key"]): of_member.decode(pair["value"]) for pair in stored}

    return Codec(kind, encode, decode, lambda value: isinstance(value, Mapping))
