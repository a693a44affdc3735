"""Columns of text as numbered names: what is the same on many lines is looked at once."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa

Codes = npt.NDArray[np.int64]


class Texts(NamedTuple):
    """A text a line: `names[codes[i]]`, without blanks around it and "" where there is none."""

    codes: Codes
    names: list[str]


def number_texts(column: pa.Array) -> Texts:
    """Number the texts of a column of any type."""
    if not pa.types.is_dictionary(column.type):
        column = column.cast(pa.string()).dictionary_encode()
    written = ["" if text is None else text.strip() for text in column.dictionary.cast(pa.string()).to_pylist()]
    names = list(dict.fromkeys([*written, ""]))
    place_by_name = {name: place for place, name in enumerate(names)}
    places = np.array([place_by_name[text] for text in [*written, ""]], dtype=np.int64)
    indexes = column.indices.cast(pa.int64()).fill_null(len(written)).to_numpy(zero_copy_only=False)
    return Texts(places[indexes], names)


def same_text(text: str, n_lines: int) -> Texts:
    """Give one text for all lines."""
    return Texts(np.zeros(n_lines, dtype=np.int64), [text])


def combine(parts: Sequence[Texts]) -> tuple[Codes, list[tuple[str, ...]]]:
    """Number the combinations of texts that occur."""
    mixed = np.zeros(len(parts[0].codes), dtype=np.int64)
    for part in parts:
        mixed = mixed * len(part.names) + part.codes
    found, firsts, codes = np.unique(mixed, return_index=True, return_inverse=True)
    names = [tuple(part.names[part.codes[first]] for part in parts) for first in firsts[: len(found)].tolist()]
    return codes.astype(np.int64), names
