"""A table of fields that somebody wrote for a codec, as JSON: which field is which quantity, in which unit.

    {"fields": {"temp_in": {"quantity": "temperature", "unit": "Cel", "channel": "inside"}, "serial": null}}

Described in docs/reference/codecs.md. What it says goes before what fields are commonly called.
"""

import re
from collections.abc import Mapping

import msgspec

from sensors.decoded import COMMON, Fields, Target, normal_path
from sensors.quantity import Quantity, find_quantity
from sensors.topic import CHANNEL_PATTERN
from sensors.unit import UnitError, conversion

MOST_FIELDS = 1_000
MOST_VARIABLES = 100


class FieldTableError(ValueError):
    """The mapping of a codec cannot be used; the message says where it is wrong."""


class FieldEntry(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What one field means; `unit` None is the quantity's own, `codes` says the field's words in the quantity's."""

    quantity: str
    unit: str | None = None
    channel: str = ""
    codes: dict[str, str] | None = None


class FieldTable(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A whole table. A field that is null carries no measurement. `variables` are what the codec gets beside bytes."""

    fields: dict[str, FieldEntry | None] = {}
    variables: dict[str, str] = {}

    def targets(self) -> Fields:
        """Give the fields as `sensors.decoded` reads them, on top of the common names. Raises FieldTableError."""
        own = {normal_path(name): None if entry is None else to_target(name, entry) for name, entry in self.items()}
        return {**COMMON, **own}

    def items(self) -> list[tuple[str, FieldEntry | None]]:
        """Give names and entries, of a bounded number."""
        if len(self.fields) > MOST_FIELDS or len(self.variables) > MOST_VARIABLES:
            raise FieldTableError(f"more than {MOST_FIELDS} fields or {MOST_VARIABLES} variables")
        return list(self.fields.items())


def read_field_table(text: bytes | str) -> FieldTable:
    """Read and check a table. Raises FieldTableError."""
    try:
        table = _DECODER.decode(text)
    except (msgspec.MsgspecError, UnicodeError, RecursionError) as error:
        raise FieldTableError(f"the mapping cannot be read: {error}") from error
    table.targets()
    return table


def to_target(name: str, entry: FieldEntry) -> Target:
    """Check one entry against what Vigie knows. Raises FieldTableError."""
    quantity = find_quantity(entry.quantity)
    if quantity is None:
        raise FieldTableError(f"field {name!r}: {entry.quantity!r} is no quantity; see docs/reference/quantities.md")
    if entry.channel and re.fullmatch(CHANNEL_PATTERN, entry.channel) is None:
        raise FieldTableError(f"field {name!r}: {entry.channel!r} cannot be a channel; expected {CHANNEL_PATTERN}")
    if entry.unit is not None:
        check_unit(name, entry.unit, quantity)
    if entry.codes is not None:
        check_codes(name, entry.codes, quantity)
    return Target(entry.quantity, entry.unit, entry.channel, entry.codes)


def check_unit(name: str, unit: str, quantity: Quantity) -> None:
    """Raises FieldTableError where the unit does not measure the quantity."""
    try:
        conversion(unit, quantity.unit)
    except UnitError as error:
        raise FieldTableError(f"field {name!r}: {error}; {quantity.name} is in {quantity.unit}") from error


def check_codes(name: str, codes: Mapping[str, str], quantity: Quantity) -> None:
    """Raises FieldTableError where a word is translated into what is no code of the quantity."""
    known = [code.slug for code in quantity.codes]
    wrong = sorted(set(codes.values()) - set(known))
    if wrong:
        expected = ", ".join(known) or "none: it is no state"
        raise FieldTableError(f"field {name!r}: {', '.join(wrong)}: {quantity.name} has the codes {expected}")


_DECODER = msgspec.json.Decoder(FieldTable)
