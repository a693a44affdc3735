"""An observation for a datastream that a client of SensorThings made: any result, and what else the standard knows.

No device and no quantity stand behind it, so nothing of it is checked but its form.
"""

from collections.abc import Mapping
from typing import Any

import msgspec

from sensors.instant import read_instant_us
from sensors.rejection import DecodeError, Reason, shown, shown_value

FIRST_NUMBER = 2**33  # below are series of the registry
FEATURE = frozenset({"name", "description", "encodingType", "feature"})
READ = frozenset(
    {
        *("result", "phenomenonTime", "resultTime", "resultQuality", "validTime", "parameters"),
        "FeatureOfInterest",
    }
)
Span = tuple[int | None, int | None]  # begin and end [µs since 1970 UTC]; an instant has no end


class ClientFeature(msgspec.Struct, frozen=True):
    """A feature of interest that is written out within an observation."""

    name: str
    description: str
    encoding_type: str
    feature: Any  # Any: JSON
    properties: dict[str, Any] | None = None


class ClientObservation(msgspec.Struct, frozen=True):
    """An observation. `feature` is the number of what it is about, that thing itself, or None where it does not say."""

    datastream_id: int
    phenomenon: Span
    result: Any  # Any: JSON
    result_us: int | None = None
    quality: Any = None  # Any: JSON
    valid: Span = (None, None)
    parameters: dict[str, Any] | None = None
    feature: int | ClientFeature | None = None
    is_of_arrival: bool = False


def read_client_observation(number: int, found: Mapping[str, Any], received_at_us: int) -> ClientObservation:
    """Read the properties of an observation for the datastream `number`. Raises DecodeError only."""
    if strange := sorted(found.keys() - READ):
        raise DecodeError(Reason.WRONG_SHAPE, shown(", ".join(strange)))
    if "result" not in found:
        raise DecodeError(Reason.NO_VALUE, "result")
    written = found.get("phenomenonTime")
    result_from, result_to = read_span(found.get("resultTime"))
    if result_to is not None:
        raise DecodeError(Reason.TIME_INVALID, shown_value(found["resultTime"]))
    return ClientObservation(
        number,
        (received_at_us, None) if written is None else read_span(written),
        found["result"],
        result_from,
        found.get("resultQuality"),
        read_span(found.get("validTime")),
        read_mapping(found.get("parameters")),
        read_feature(found.get("FeatureOfInterest")),
        is_of_arrival=written is None,
    )


def read_span(written: Any) -> Span:
    """Read an instant, or two with a slash between; none where nothing is written. Raises DecodeError."""
    if written is None:
        return None, None
    parts = written.split("/") if isinstance(written, str) else []
    if not 1 <= len(parts) <= 2:
        raise DecodeError(Reason.TIME_INVALID, shown_value(written))
    instants = [read_instant_us(part.strip()) for part in parts]
    if instants[-1] < instants[0]:
        raise DecodeError(Reason.TIME_INVALID, shown_value(written))
    return instants[0], instants[1] if len(instants) == 2 else None


def read_mapping(written: Any) -> dict[str, Any] | None:
    """Pass on a JSON object. Raises DecodeError."""
    if written is not None and not isinstance(written, dict):
        raise DecodeError(Reason.WRONG_SHAPE, shown_value(written))
    return written


def read_feature(written: Any) -> int | ClientFeature | None:
    """Read what an observation is about: `{"@iot.id": number}`, or the feature written out. Raises DecodeError."""
    found = read_mapping(written)
    if found is None:
        return None
    number = found.get("@iot.id")
    if isinstance(number, int) and not isinstance(number, bool) and FIRST_NUMBER <= number < 2**63:
        return number
    texts = [found.get(name) for name in ("name", "description", "encodingType")]
    if "@iot.id" in found or not found.keys() >= FEATURE or not all(isinstance(text, str) for text in texts):
        raise DecodeError(Reason.WRONG_SHAPE, "FeatureOfInterest")
    name, description, encoding_type = texts
    return ClientFeature(
        str(name), str(description), str(encoding_type), found["feature"], read_mapping(found.get("properties"))
    )
