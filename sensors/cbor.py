"""Reads the CBOR of other people's software into plain values, or says why it cannot be."""

from io import BytesIO

import cbor2

from sensors.json_text import MAX_PAYLOAD_BYTES
from sensors.rejection import DecodeError, Reason, shown

DEEPEST = 16


def read_cbor(payload: bytes) -> object:
    """Give the one item of the payload. Raises DecodeError (too_large, invalid_binary).

    Cut short, more than one item, a key twice in a map and deeper nesting than 16 are refused.
    """
    if len(payload) > MAX_PAYLOAD_BYTES:
        raise DecodeError(Reason.TOO_LARGE, f"{len(payload)} B / {MAX_PAYLOAD_BYTES} B")
    stream = BytesIO(payload)
    decoder = cbor2.CBORDecoder(stream, max_depth=DEEPEST, allow_duplicate_keys=False)
    try:
        found: object = decoder.decode()
    except cbor2.CBORError as error:
        raise DecodeError(Reason.INVALID_BINARY, shown(str(error))) from error
    if stream.tell() != len(payload):
        raise DecodeError(Reason.INVALID_BINARY, f"{stream.tell()} B / {len(payload)} B")
    return found
