"""Reads the JSON of other people's software into a struct, or says why it cannot be."""

from typing import TypeVar

import msgspec

from sensors.rejection import DecodeError, Reason, shown

MAX_PAYLOAD_BYTES = 1_048_576

# What msgspec raises of bytes that are no JSON of the shape asked for: also no text at all, or nested too deep.
UNREADABLE_JSON = (msgspec.MsgspecError, UnicodeDecodeError, RecursionError)

T = TypeVar("T")


def read_json(payload: bytes, decoder: msgspec.json.Decoder[T]) -> T:
    """Give the message. Raises DecodeError (too_large, invalid_utf8, invalid_json, wrong_shape)."""
    if len(payload) > MAX_PAYLOAD_BYTES:
        raise DecodeError(Reason.TOO_LARGE, f"{len(payload)} B / {MAX_PAYLOAD_BYTES} B")
    try:
        payload.decode()  # the JSON decoder does not look into fields that it skips
        return decoder.decode(payload)
    except UnicodeDecodeError as error:
        raise DecodeError(Reason.INVALID_UTF8, f"byte {error.start}") from error
    except msgspec.ValidationError as error:
        raise DecodeError(Reason.WRONG_SHAPE, shown(str(error))) from error
    except (msgspec.DecodeError, RecursionError) as error:
        raise DecodeError(Reason.INVALID_JSON, shown(str(error))) from error
