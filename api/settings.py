"""Reading the API's settings from the environment; one that cannot be used is refused with its name."""

from collections.abc import Mapping
from math import inf


class SettingError(Exception):
    """A setting of the API cannot be used."""

    exit_code = 11


def read_number(environment: Mapping[str, str], name: str, default: float) -> float:
    """Read a number from 0 up, the default where none is given. Raises SettingError."""
    text = environment.get(name) or ""
    try:
        number = float(text) if text else default
    except ValueError:
        number = -1.0
    if not 0 <= number < inf:
        raise SettingError(f"{name} must be a number from 0 up, not {text!r}")
    return number


def read_mapping(environment: Mapping[str, str], name: str) -> dict[str, str]:
    """Read `theirs=ours`, with commas between. Raises SettingError."""
    found = {}
    for pair in filter(None, (part.strip() for part in (environment.get(name) or "").split(","))):
        theirs, sign, ours = (part.strip() for part in pair.rpartition("="))
        if not (theirs and sign and ours):
            raise SettingError(f"{name} must be THEIRS=OURS with commas between, not {pair!r}")
        found[theirs] = ours
    return found
