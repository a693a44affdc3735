"""Numbers as JSON can hold them: the bytes of 64-bit floats, smallest byte first, as Base64 (RFC 4648, section 4).

Digits would take longer to write and read than values take to be scored. What is saved so is read bit for bit, by any
later version: whole numbers up to 2^53, and powers of two beyond, come back as they were.
"""

from base64 import b64decode, b64encode
from collections.abc import Iterable, Sequence
from itertools import accumulate, pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray


def pack(arrays: Iterable[Any]) -> str:
    """Write the numbers of arrays, one array after the other."""
    numbers = np.concatenate([np.ravel(array) for array in arrays]).astype("<f8")
    return b64encode(numbers.tobytes()).decode("ascii")


def unpack(text: str, like: Sequence[Any]) -> list[Any]:
    """Read the arrays that `pack` wrote, as copies of the shapes and types of those they are like."""
    numbers = unpack_numbers(text)
    ends = accumulate((array.size for array in like), initial=0)
    parts = [numbers[begin:end] for begin, end in pairwise(ends)]
    return [part.reshape(array.shape).astype(array.dtype) for part, array in zip(parts, like, strict=True)]


def unpack_numbers(text: str) -> NDArray[np.float64]:
    """Read the numbers that `pack` wrote, in one row."""
    return np.frombuffer(b64decode(text), dtype="<f8").astype(np.float64)
