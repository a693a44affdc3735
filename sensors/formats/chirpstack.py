"""ChirpStack v4 with `json=true`. Described in docs/reference/formats/chirpstack.md."""

import msgspec

from sensors.chirpstack import TOPIC_FILTER, Event, read_kind, to_uplinks
from sensors.json_text import read_json
from sensors.measurement import Uplink


class ChirpStackFormat:
    """The registry's entry for ChirpStack's JSON."""

    name = "chirpstack"
    version = "chirpstack/1"
    topic_filter = TOPIC_FILTER

    def decode(self, topic: str, payload: bytes, received_at_us: int) -> tuple[Uplink, ...]:
        """Give the uplink of an event, none for kinds without measurements. Raises DecodeError only."""
        read_kind(topic)
        return to_uplinks(read_json(payload, _DECODER), topic, received_at_us)


_DECODER = msgspec.json.Decoder(Event)
FORMAT = ChirpStackFormat()
