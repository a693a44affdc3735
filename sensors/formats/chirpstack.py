"""ChirpStack v4 with `json=true`. Described in docs/reference/formats/chirpstack.md."""

import msgspec

from sensors.chirpstack import TOPIC_FILTER, Event, read_kind, to_heard, to_uplinks
from sensors.json_text import read_json
from sensors.lorawan import Heard
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

    def hear(self, topic: str, payload: bytes) -> Heard | None:
        """Give the uplink before its payload is read, None for other kinds of event. Raises DecodeError only."""
        is_uplink = read_kind(topic)[0] == "up"
        return to_heard(read_json(payload, _DECODER), topic) if is_uplink else None


_DECODER = msgspec.json.Decoder(Event)
FORMAT = ChirpStackFormat()
