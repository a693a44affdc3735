"""A fault of an entry, said in both languages, and the family of those that a field's kind and range tell."""

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from sensors.reference.factors import UNIT_BY_FACTOR
from sensors.reference.field import Field, FieldKind
from sensors.unit import UnitError, find_unit

FIRST_YEAR, LAST_YEAR = 1970, 2199
HOUR = re.compile(r"([01]\d|2[0-3]):[0-5]\d", re.ASCII)
WORD = re.compile(r"[a-z][a-z0-9_]{0,63}", re.ASCII)
SLUG = re.compile(r"[a-z0-9-]{1,63}", re.ASCII)
TEXT = re.compile(r"[^\x00-\x1f\x7f]{1,200}")
ATOM = re.compile(r"[/.]")
TEXTS = ("Un texte est attendu.", "A text is expected.")
EXPECTED: Mapping[FieldKind, tuple[str, str]] = {
    "number": ("Un nombre est attendu.", "A number is expected."),
    "whole": ("Un nombre entier est attendu.", "A whole number is expected."),
    "day": (
        "Une date qui existe est attendue, comme 2026-03-31.",
        "A date that exists is expected, such as 2026-03-31.",
    ),
    "instant": (
        "Une date et une heure avec leur décalage sont attendues, comme 2026-03-31T08:00:00+02:00.",
        "A date and a time with their offset are expected, such as 2026-03-31T08:00:00+02:00.",
    ),
    "weekdays": (
        "Des jours de 0 (lundi) à 6 (dimanche) sont attendus.",
        "Days from 0 (Monday) to 6 (Sunday) are expected.",
    ),
    "flag": ("true ou false est attendu.", "true or false is expected."),
    **dict.fromkeys(("text", "word", "slug", "hour", "choice", "unit", "asset", "device"), TEXTS),
}


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with a field ("" for the entry as a whole), in a sentence that says what is expected."""

    field: str
    sentence_fr: str
    sentence_en: str

    def under(self, place: str) -> "Fault":
        """Give the same fault, of an entry that lies in another's field."""
        return Fault(f"{place}.{self.field}" if self.field else place, self.sentence_fr, self.sentence_en)


def type_fault(fields: Sequence[Field], place: str, what: str) -> Fault:
    """Say that the value at a place (`price_eur`, `a.0.b`) is of another type; `what`, where no kind tells."""
    field = find_field(fields, [name for name in place.split(".") if not name.isdecimal()])
    fallback = (f"Cette valeur ne convient pas ({what}).", f"{what}.")
    return Fault(place, *(EXPECTED.get(field.kind, fallback) if field is not None else fallback))


def find_field(fields: Sequence[Field], names: Sequence[str]) -> Field | None:
    """Give the field that lies behind these names, None where there is none."""
    found = next((field for field in fields if names and field.name == names[0]), None)
    return found if found is None or len(names) == 1 else find_field(found.parts, names[1:])


def field_faults(field: Field, value: object) -> Iterator[Fault]:
    """Tell what is wrong with a field's value, its type apart, which the reader of the JSON has seen to."""
    if value is None or value == "" or value == ():
        if field.is_required:
            yield Fault(field.name, "À remplir.", "Needed.")
        return
    if field.kind in ("part", "parts"):
        yield from part_faults(field, value)
    elif isinstance(value, (int, float)) and not isinstance(value, bool):
        yield from number_faults(field, float(value))
    elif isinstance(value, date):
        yield from day_faults(field, value)
    elif isinstance(value, str):
        yield from text_faults(field, value)
    elif field.kind == "weekdays" and not are_weekdays(value):
        yield Fault(
            field.name,
            "Des jours différents, de 0 (lundi) à 6 (dimanche).",
            "Different days, from 0 (Monday) to 6 (Sunday).",
        )


def part_faults(field: Field, value: object) -> Iterator[Fault]:
    """Look into what a field holds."""
    several = isinstance(value, tuple)
    for index, entry in enumerate(value if isinstance(value, tuple) else (value,)):
        place = f"{field.name}.{index}" if several else field.name
        for part in field.parts:
            for fault in field_faults(part, getattr(entry, part.name)):
                yield fault.under(place)


def number_faults(field: Field, value: float) -> Iterator[Fault]:
    """Tell what is wrong with a number."""
    if not math.isfinite(value):
        yield Fault(field.name, "Un nombre fini est attendu.", "A finite number is expected.")
    elif (field.least is not None and value < field.least) or (field.most is not None and value > field.most):
        yield Fault(
            field.name,
            f"Attendu : {bounds(field, 'au moins', 'au plus', 'entre', 'et').replace('.', ',')}.",
            f"Expected: {bounds(field, 'at least', 'at most', 'between', 'and')}.",
        )


def bounds(field: Field, least: str, most: str, between: str, and_: str) -> str:
    """Say a field's range in the words of a language."""
    if field.least is None:
        return f"{most} {plain(field.most or 0)}"
    if field.most is None:
        return f"{least} {plain(field.least)}"
    return f"{between} {plain(field.least)} {and_} {plain(field.most)}"


def plain(number: float) -> str:
    """Write a number without an exponent."""
    return format(Decimal(repr(number)).normalize(), "f")


def day_faults(field: Field, value: date) -> Iterator[Fault]:
    """Tell what is wrong with a day or an instant."""
    if not FIRST_YEAR <= value.year <= LAST_YEAR:
        yield Fault(
            field.name,
            f"Une date entre {FIRST_YEAR} et {LAST_YEAR} est attendue.",
            f"A date between {FIRST_YEAR} and {LAST_YEAR} is expected.",
        )
    elif isinstance(value, datetime) and value.tzinfo is None:
        yield Fault(field.name, "Le décalage horaire manque.", "The offset from UTC is missing.")


def text_faults(field: Field, value: str) -> Iterator[Fault]:
    """Tell what is wrong with a text."""
    if field.kind == "hour" and not HOUR.fullmatch(value):
        yield Fault(field.name, f"Une heure comme 23:30 est attendue, pas {value[:40]!r}.",
                    f"An hour such as 23:30 is expected, not {value[:40]!r}.")  # fmt: skip
    elif field.kind == "word" and not WORD.fullmatch(value):
        yield Fault(field.name, "Un mot en minuscules, chiffres et _ est attendu.",
                    "A word of lower case letters, digits and _ is expected.")  # fmt: skip
    elif field.kind == "slug" and not SLUG.fullmatch(value):
        yield Fault(field.name, "Des minuscules, chiffres et tirets sont attendus, 63 au plus.",
                    "Lower case letters, digits and hyphens are expected, at most 63.")  # fmt: skip
    elif field.kind == "choice" and value not in {choice.value for choice in field.choices}:
        known = ", ".join(choice.value for choice in field.choices)
        yield Fault(field.name, f"Attendu : {known}.", f"Expected: {known}.")
    elif field.kind == "unit" and not is_unit(value):
        yield Fault(field.name, f"L’unité {value[:40]!r} n’est pas connue (code UCUM, comme kW.h ou kg/L).",
                    f"The unit {value[:40]!r} is not known (a UCUM code, such as kW.h or kg/L).")  # fmt: skip
    elif not TEXT.fullmatch(value):
        yield Fault(field.name, "200 caractères au plus, sur une ligne.", "At most 200 characters, on one line.")


def are_weekdays(value: object) -> bool:
    """Tell whether these are different numbers from 0 to 6."""
    return isinstance(value, tuple) and len(set(value)) == len(value) and set(value) <= set(range(7))


def is_unit(code: str) -> bool:
    """Tell whether a unit is known, made of known ones by `.`, `/` and brackets, or that of a factor."""
    if code in UNIT_BY_FACTOR.values():
        return True
    return is_known(code) or all(is_known(atom) for atom in ATOM.split(code.replace("(", "").replace(")", "")))


def is_known(code: str) -> bool:
    """Tell whether a unit is known."""
    try:
        find_unit(code)
    except UnitError:
        return False
    return True
