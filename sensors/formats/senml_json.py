"""SenML in JSON (RFC 8428). Described in docs/reference/formats/senml.md."""

from typing import Any

import msgspec

from sensors.json_text import read_json
from sensors.measurement import Uplink
from sensors.senml import Record, check_labels, resolve
from sensors.senml_uplink import to_uplinks


class SenmlJsonFormat:
    """The registry's entry for SenML in JSON."""

    name = "senml_json"
    version = "senml_json/1"
    topic_filter = "senml/+/json"

    def decode(self, topic: str, payload: bytes, received_at_us: int) -> tuple[Uplink, ...]:
        """Give one uplink for each device of the pack. Raises DecodeError only."""
        return to_uplinks(resolve(read_pack(payload), received_at_us), topic, received_at_us)


def read_pack(payload: bytes) -> list[Record]:
    """Give the records as they are written. Raises DecodeError."""
    records = read_json(payload, _DECODER)
    if b'_"' in payload or b"\\" in payload:  # perhaps a field that must be understood, which the records leave out
        check_labels(read_json(payload, _WHOLE))
    return records


_DECODER = msgspec.json.Decoder(list[Record])
_WHOLE: msgspec.json.Decoder[Any] = msgspec.json.Decoder()  # Any: fields unknown to the RFC may hold anything
FORMAT = SenmlJsonFormat()
