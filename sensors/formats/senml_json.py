"""SenML in JSON (RFC 8428). Described in docs/reference/formats/senml.md."""

from typing import Any

import msgspec

from sensors.json_text import read_json
from sensors.measurement import Uplink
from sensors.senml import resolve
from sensors.senml_uplink import to_uplinks


class SenmlJsonFormat:
    """The registry's entry for SenML in JSON."""

    name = "senml_json"
    version = "senml_json/1"
    topic_filter = "senml/+/json"

    def decode(self, topic: str, payload: bytes, received_at_us: int) -> tuple[Uplink, ...]:
        """Give one uplink for each device of the pack. Raises DecodeError only."""
        return to_uplinks(resolve(read_json(payload, _DECODER), received_at_us), topic, received_at_us)


_DECODER: msgspec.json.Decoder[Any] = msgspec.json.Decoder()  # Any: fields that are not the RFC's are allowed
FORMAT = SenmlJsonFormat()
