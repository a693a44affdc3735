"""Observations of SensorThings over MQTT (OGC 18-088, 14.1): the topic is the resource path, the payload the entity.

A message names a series by its number and nothing else, so what is read here still lacks device and quantity: the
ingest looks them up (`ingest.observations`). That is why this format is not among those that sources and posts name.
"""

import re

import msgspec

from sensors.instant import read_instant_us
from sensors.measurement import Clock, Column, Uplink
from sensors.rejection import DecodeError, Reason, shown, shown_value

MAX_PAYLOAD_BYTES = 65_536
TOPIC_FILTERS = ("v1.1/+/Observations", "sensorthings/v1.1/+/Observations")
READ = frozenset({"result", "phenomenonTime", "resultTime"})  # an observation of a series keeps no time of its result
_TOPIC = re.compile(r"(?:sensorthings/)?v1\.1/Datastreams\((\d{1,15})\)/Observations", re.ASCII)


class ObservationFormat:
    """Reads one observation; `device` of the uplink is the number of the series, its one column has no quantity yet."""

    name = "sensorthings"
    version = "sensorthings/1"
    topic_filter = TOPIC_FILTERS[0]

    def decode(self, topic: str, payload: bytes, received_at_us: int) -> tuple[Uplink, ...]:
        """Give the one uplink of an observation. Raises DecodeError only."""
        match = _TOPIC.fullmatch(topic)
        if match is None:
            raise DecodeError(Reason.UNKNOWN_TOPIC, shown(topic))
        found = _read_entity(payload)
        at_us, clock = _read_time(found.get("phenomenonTime"), received_at_us)
        result = found.get("result")
        if result is None:
            raise DecodeError(Reason.NO_VALUE, "result")
        if isinstance(result, bool) or not isinstance(result, int | float):
            raise DecodeError(Reason.NOT_A_NUMBER, shown_value(result))
        return (Uplink(str(int(match[1])), (Column("", "", "", [at_us], [float(result)]),), clock=clock),)


def observation_topic(series_id: int) -> str:
    """Give the topic on which observations of a series are published."""
    return f"v1.1/Datastreams({series_id})/Observations"


def _read_entity(payload: bytes) -> dict[str, object]:
    """Read the properties; those that a series cannot keep are refused."""
    if len(payload) > MAX_PAYLOAD_BYTES:
        raise DecodeError(Reason.TOO_LARGE, f"{len(payload)} B / {MAX_PAYLOAD_BYTES} B")
    try:
        found = msgspec.json.decode(payload)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise DecodeError(Reason.INVALID_JSON, shown(str(error))) from error
    if not isinstance(found, dict):
        raise DecodeError(Reason.WRONG_SHAPE, shown_value(found))
    kept = {name: value for name, value in found.items() if "@" not in name and value is not None}
    if strange := sorted(kept.keys() - READ):
        raise DecodeError(Reason.WRONG_SHAPE, shown(", ".join(strange)))
    return kept


def _read_time(written: object, received_at_us: int) -> tuple[int, Clock]:
    """Give the instant, that of arrival where there is none."""
    if written is None:
        return received_at_us, "arrival"
    if not isinstance(written, str):
        raise DecodeError(Reason.TIME_INVALID, shown_value(written))
    return read_instant_us(written), "device"


OBSERVATIONS = ObservationFormat()
