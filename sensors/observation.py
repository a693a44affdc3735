"""Observations of SensorThings over MQTT (OGC 18-088, 14.1): the topic is the resource path, the payload the entity.

A message names a series by its number and nothing else, so what is read here still lacks device and quantity: the
ingest looks them up (`ingest.observations`). That is why this format is not among those that sources and posts name.
"""

import re

import msgspec

from sensors.client_observation import FIRST_NUMBER, ClientObservation, read_client_observation
from sensors.instant import read_instant_us
from sensors.json_text import UNREADABLE_JSON
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
        """Give the one uplink of an observation; none where it is for a client's datastream, and can be read.

        Raises DecodeError only.
        """
        number, found = _read_number(topic), _read_entity(payload)
        if number >= FIRST_NUMBER:
            read_client_observation(number, found, received_at_us)
            return ()
        if strange := sorted(found.keys() - READ):
            raise DecodeError(Reason.WRONG_SHAPE, shown(", ".join(strange)))
        at_us, clock = _read_time(found.get("phenomenonTime"), received_at_us)
        result = found.get("result")
        if result is None:
            raise DecodeError(Reason.NO_VALUE, "result")
        if isinstance(result, bool) or not isinstance(result, int | float):
            raise DecodeError(Reason.NOT_A_NUMBER, shown_value(result))
        return (Uplink(str(number), (Column("", "", "", [at_us], [float(result)]),), clock=clock),)


def read_for_client(topic: str, payload: bytes, received_at_us: int) -> ClientObservation | None:
    """Give an observation for a client's datastream out of a message that was decoded, None for any other."""
    number = _read_number(topic)
    if number < FIRST_NUMBER:
        return None
    return read_client_observation(number, _read_entity(payload), received_at_us)


def observation_topic(series_id: int) -> str:
    """Give the topic on which observations of a series are published."""
    return f"v1.1/Datastreams({series_id})/Observations"


def _read_number(topic: str) -> int:
    """Give the number of the datastream."""
    match = _TOPIC.fullmatch(topic)
    if match is None:
        raise DecodeError(Reason.UNKNOWN_TOPIC, shown(topic))
    return int(match[1])


def _read_entity(payload: bytes) -> dict[str, object]:
    """Read the properties that are there."""
    if len(payload) > MAX_PAYLOAD_BYTES:
        raise DecodeError(Reason.TOO_LARGE, f"{len(payload)} B / {MAX_PAYLOAD_BYTES} B")
    try:
        found = msgspec.json.decode(payload)
    except UNREADABLE_JSON as error:
        raise DecodeError(Reason.INVALID_JSON, shown(str(error))) from error
    if not isinstance(found, dict):
        raise DecodeError(Reason.WRONG_SHAPE, shown_value(found))
    return {name: value for name, value in found.items() if "@" not in name and (value is not None or name == "result")}


def _read_time(written: object, received_at_us: int) -> tuple[int, Clock]:
    """Give the instant, that of arrival where there is none."""
    if written is None:
        return received_at_us, "arrival"
    if not isinstance(written, str):
        raise DecodeError(Reason.TIME_INVALID, shown_value(written))
    return read_instant_us(written), "device"


OBSERVATIONS = ObservationFormat()
