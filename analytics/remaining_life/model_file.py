"""A model as a file: named arrays and a card in one NPZ, read without pickle, so that reading it runs nothing.

A file says which layout, which family and which version of its method made it; another is refused with the reason.
"""

import hashlib
import io
import json
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

LAYOUT = 1
HEAD = "head"
Arrays = Mapping[str, NDArray[Any]]


class ModelRefusedError(Exception):
    """The model file cannot be used."""

    exit_code = 15


@dataclass(frozen=True, slots=True)
class ModelFile:
    """What a file holds: the family and version of the method, arrays by name, and values that are no arrays."""

    family: str
    method_version: str
    values: Mapping[str, Any]
    arrays: Arrays


def pack(model: ModelFile) -> bytes:
    """Write a file."""
    head = {"layout": LAYOUT, "family": model.family, "method_version": model.method_version, "values": model.values}
    stream = io.BytesIO()
    named: dict[str, Any] = {HEAD: np.frombuffer(json.dumps(head, sort_keys=True).encode(), np.uint8), **model.arrays}
    np.savez_compressed(stream, **named)
    return stream.getvalue()


def unpack(content: bytes, family: str, method_version: str) -> ModelFile:
    """Read a file.

    Raises
    ------
    ModelRefusedError
        It is no model file, or one of another layout, family or version; the sentence says which.
    """
    try:
        with np.load(io.BytesIO(content), allow_pickle=False) as archive:
            arrays = {name: archive[name] for name in archive.files}
        head = json.loads(arrays.pop(HEAD).tobytes())
        made = (head["layout"], head["family"], head["method_version"])
        values = head["values"]
    except (ValueError, KeyError, TypeError, AttributeError, OSError, EOFError, zipfile.BadZipFile) as error:
        raise ModelRefusedError(f"this is no model file: {error}") from error
    for name, found, wanted in zip(
        ("layout", "family", "method version"), made, (LAYOUT, family, method_version), strict=True
    ):
        if found != wanted:
            raise ModelRefusedError(f"the model's {name} is {found!r}, this version reads {wanted!r}: train it anew")
    return ModelFile(family, method_version, values, arrays)


def digest(arrays: Arrays) -> str:
    """Give the hash of inputs by name, shape and bytes."""
    total = hashlib.sha256()
    for name, array in sorted(arrays.items()):
        total.update(f"{name} {array.dtype.str} {array.shape}".encode())
        total.update(np.ascontiguousarray(array).tobytes())
    return total.hexdigest()
