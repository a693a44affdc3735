"""Numbers kept as text: what states of detectors and of records of rows are written as."""

import struct
from base64 import b64encode

import numpy as np

from analytics.packed import pack, unpack, unpack_numbers

KEPT = "AAAAAAAA8D8AAAAAAAAEwAAAAAAAAPB/"  # 1, -2.5 and infinity, as states in use hold them


def test_pack_writes_what_states_in_use_hold() -> None:
    assert pack([np.array([1.0, -2.5]), np.array([[np.inf]])]) == KEPT
    assert b64encode(struct.pack("<3d", 1.0, -2.5, np.inf)).decode() == KEPT


def test_unpack_gives_shapes_types_and_every_bit_back() -> None:
    arrays = [
        np.array([[0.1, np.nan], [-0.0, np.inf]]),
        np.array([-(2**62), 7], dtype=np.int64),
        np.zeros((0, 3)),
        np.array([5e-324]),
    ]
    found = unpack(pack(arrays), [np.empty_like(array) for array in arrays])
    assert [(one.shape, one.dtype) for one in found] == [(one.shape, one.dtype) for one in arrays]
    assert [one.tobytes() for one in found] == [one.tobytes() for one in arrays]


def test_unpacked_numbers_may_be_written_to() -> None:
    numbers = unpack_numbers(KEPT)
    numbers[0] = 4.0
    (first, second) = unpack(KEPT, [np.zeros(1), np.zeros(2)])
    first[0] = 5.0
    assert (numbers.tolist(), first.tolist(), second.tolist()) == ([4.0, -2.5, np.inf], [5.0], [-2.5, np.inf])
