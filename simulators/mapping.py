"""Mappings from TOML: by path, or by name for those that come with Vigie. Checked before the first row is read."""

import re
import tomllib
from pathlib import Path

import msgspec

from sensors.topic import TERRITORY_PATTERN
from simulators.mapping_checks import MappingError, check
from simulators.mapping_tables import Mapping

BUILT_IN = Path(__file__).with_name("mappings")


def read_mapping(name: str) -> Mapping:
    """Read a mapping by its path, or one that comes with Vigie by its name.

    Raises
    ------
    MappingError
        It is absent, is no TOML, or something in it cannot be.
    """
    path = find_mapping(name)
    try:
        mapping = msgspec.convert(tomllib.loads(path.read_text(encoding="utf-8")), Mapping)
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise MappingError(f"{path.name}: {error}") from error
    except msgspec.ValidationError as error:
        raise MappingError(f"{path.name}: {readable(str(error))}") from error
    try:
        check(mapping)
    except MappingError as error:
        raise MappingError(f"{path.name}: {error}") from error
    return mapping


def find_mapping(name: str) -> Path:
    """Give the path of a mapping. Raises MappingError, which lists the built-in ones."""
    for path in (Path(name), BUILT_IN / f"{name}.toml"):
        if path.is_file():
            return path
    raise MappingError(f"there is no mapping {name}: give a path, or one of {', '.join(built_in_names())}")


def built_in_names() -> list[str]:
    """List the mappings that come with Vigie."""
    return sorted(path.stem for path in BUILT_IN.glob("*.toml"))


def readable(message: str) -> str:
    """Put the key before what is wrong with it.

    >>> readable("Expected `str`, got `int` - at `$.time.zone`")
    'time.zone: expected `str`, got `int`'
    """
    found = re.fullmatch(r"(.*) - at `\$\.?(.*)`", message, re.DOTALL)
    what, key = (found[1], found[2]) if found else (message, "")
    what = what[:1].lower() + what[1:]
    return f"{key}: {what}" if key else what


def renamed(mapping: Mapping, slug: str) -> Mapping:
    """Give the same mapping for another territory. Raises MappingError where this cannot be a slug."""
    if not re.fullmatch(TERRITORY_PATTERN, slug):
        raise MappingError(f"--territory: {slug!r} is no slug (small letters, digits and -, at most 63)")
    return msgspec.structs.replace(mapping, territory=msgspec.structs.replace(mapping.territory, slug=slug))
