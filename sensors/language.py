"""The languages of people who look, and their names of months."""

from collections.abc import Mapping, Sequence
from typing import Literal

Language = Literal["fr", "en"]
MONTHS: Mapping[Language, Sequence[str]] = {
    "fr": (
        "janvier", "février", "mars", "avril", "mai", "juin",
        "juillet", "août", "septembre", "octobre", "novembre", "décembre",
    ),
    "en": (
        "January", "February", "March", "April", "May", "June",
        "July", "August", "September", "October", "November", "December",
    ),
}  # fmt: skip
