"""What a field of an entry is: its kind, its range, its names in both languages."""

from dataclasses import dataclass
from typing import Literal

FieldKind = Literal[
    "text", "word", "slug", "number", "whole", "day", "hour", "instant", "weekdays", "choice", "flag", "unit",
    "asset", "assets", "device", "part", "parts",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Choice:
    """One of the values a field may take, or is known to take."""

    value: str
    name_fr: str
    name_en: str
    unit: str = ""


@dataclass(frozen=True, slots=True)
class Field:
    """A field of an entry.

    `least` and `most` bound a number, itself included. `choices` bind where the kind is `choice`, else they only
    suggest. `parts` are the fields of what the field holds: one entry (`part`) or several (`parts`).
    """

    name: str
    kind: FieldKind
    name_fr: str
    name_en: str
    is_required: bool = True
    unit: str = ""
    least: float | None = None
    most: float | None = None
    choices: tuple[Choice, ...] = ()
    parts: tuple["Field", ...] = ()


@dataclass(frozen=True, slots=True)
class Resource:
    """A kind of entry.

    Attributes
    ----------
    name
        As in the JSON file, `collection_plans`; addresses write it with hyphens.
    alike
        Two entries that agree in these fields must not hold at the same time; none where they may.
    begins, ends
        The fields that say from when an entry holds and until when (not included); "" where nothing does.
    """

    name: str
    name_fr: str
    name_en: str
    fields: tuple[Field, ...]
    alike: tuple[str, ...] = ()
    begins: str = "valid_from"
    ends: str = "valid_to"

    @property
    def path(self) -> str:
        """The name as addresses write it."""
        return self.name.replace("_", "-")
