"""What is wrong with a field, as forms show it: pydantic says it in English, this in French."""

from collections.abc import Iterable, Mapping
from typing import Any

# Types of pydantic's errors; places are filled with what the rule was.
FRENCH: Mapping[str, str] = {
    "extra_forbidden": "ce champ n’existe pas",
    "finite_number": "donnez un nombre",
    "float_parsing": "donnez un nombre",
    "float_type": "donnez un nombre",
    "greater_than": "plus de {gt}",
    "greater_than_equal": "{ge} au moins",
    "instant": "donnez un instant avec son fuseau",
    "int_from_float": "donnez un nombre entier",
    "int_parsing": "donnez un nombre entier",
    "int_type": "donnez un nombre entier",
    "less_than": "moins de {lt}",
    "less_than_equal": "{le} au plus",
    "literal_error": "choisissez parmi {expected}",
    "missing": "à remplir",
    "string_pattern_mismatch": "contient un signe qui n’est pas pris",
    "string_too_long": "{max_length} signes au plus",
    "string_too_short": "{min_length} signes au moins",
    "too_long": "{max_length} lignes au plus",
}
OTHER = "cette valeur n’est pas prise"


def validation_faults(errors: Iterable[Mapping[str, Any]]) -> list[dict[str, str]]:
    """Give each error's field (without `body` or `query` before it), and a sentence in both languages."""
    return [
        {
            "field": ".".join(str(part) for part in error["loc"][1:]),
            "sentence_fr": FRENCH.get(error["type"], OTHER).format_map(error.get("ctx", {})),
            "sentence_en": str(error["msg"]),
        }
        for error in errors
    ]
