"""What a publication of open data is made of: tables and columns of data sets, licences, how often and how fine."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

Kind = Literal["text", "number", "integer", "boolean", "instant"]
Step = Literal["hour", "day", "month", "none"]
NAME = "^[a-z0-9-]{1,63}$"
LINE = "^[^\\x00-\\x1f]{1,200}$"
CONTACT = "^[A-Za-z0-9._+-]{1,64}@[A-Za-z0-9.-]{1,190}$"
LEAST_GROUP = 5  # fewer bays, containers or persons than this are never told of together


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a published table, with what it holds in both languages; none where a national schema says it."""

    name: str
    kind: Kind
    about_en: str = ""
    about_fr: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """A published table. `is_series`: its rows are steps of time, and later releases add to them."""

    name: str
    columns: tuple[Column, ...]
    formats: tuple[str, ...] = ("csv", "parquet", "geojson")
    is_series: bool = True
    schema: str | None = None


@dataclass(frozen=True, slots=True)
class DataSet:
    """A data set that any territory may publish.

    `steps` are how fine it may be told, the first by default. `is_told_once`: a step of time that was published is
    never told otherwise, since the difference between two tellings could be one car. `theme` is a code of the EU
    vocabulary data-theme.
    """

    name: str
    title_en: str
    title_fr: str
    about_en: str
    about_fr: str
    theme: str
    keywords_fr: tuple[str, ...]
    steps: tuple[Step, ...]
    is_told_once: bool
    tables: tuple[Table, ...]


@dataclass(frozen=True, slots=True)
class Licence:
    """A licence with the address by which catalogues know it."""

    name: str
    title: str
    address: str


@dataclass(frozen=True, slots=True)
class Frequency:
    """How often a publication is renewed: at least `days` apart, and a code of the EU vocabulary frequency."""

    name: str
    days: int
    code: str


_LICENCES = (
    Licence("lov2", "Licence Ouverte / Open Licence 2.0", "https://spdx.org/licenses/etalab-2.0"),
    Licence("odbl", "Open Database License 1.0", "https://spdx.org/licenses/ODbL-1.0"),
    Licence("cc-by", "Creative Commons Attribution 4.0", "https://creativecommons.org/licenses/by/4.0/"),
    Licence("cc0", "Creative Commons Zero 1.0", "https://creativecommons.org/publicdomain/zero/1.0/"),
)
_FREQUENCIES = (
    Frequency("daily", 1, "DAILY"),
    Frequency("weekly", 7, "WEEKLY"),
    Frequency("monthly", 28, "MONTHLY"),
    Frequency("quarterly", 90, "QUARTERLY"),
    Frequency("annual", 365, "ANNUAL"),
)

LICENCES: Mapping[str, Licence] = MappingProxyType({one.name: one for one in _LICENCES})
FREQUENCIES: Mapping[str, Frequency] = MappingProxyType({one.name: one for one in _FREQUENCIES})
# Figures about people's own doings: told of months at the finest, and of bays only where there are enough.
COARSE_DOMAINS = frozenset({"parking", "water"})
