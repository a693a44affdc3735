"""Resolved SenML records become uplinks, one for each device that the pack speaks of."""

from collections.abc import Iterable, Sequence

from sensors.foreign_name import external_id
from sensors.measurement import Clock, Uplink
from sensors.plausible import RawColumn, check_columns
from sensors.rejection import DecodeError, Reason, shown
from sensors.senml import Resolved
from sensors.senml_name import BY_UNIT, POSITIONS, SUM_QUANTITIES, SUM_UNITS, UNITS, Meaning, read_name
from sensors.topic import is_device_id

ENCODINGS = frozenset({"json", "cbor"})

# Channel, quantity and unit of a column
Key = tuple[str, str, str | None]


def to_uplinks(records: Sequence[Resolved], topic: str, received_at_us: int) -> tuple[Uplink, ...]:
    """Give the uplinks; none where the pack says only where things are. Raises DecodeError (wrong_shape).

    A record whose name is but a quantity is the sender's own; for others the sender is the gateway. The sender is the
    topic's last level that does not name the encoding.
    """
    sender = _read_sender(topic)
    by_device: dict[str, list[tuple[Meaning, Resolved]]] = {}
    for record in records:
        if record.unit in POSITIONS:
            continue
        meaning = read_name(record.name, record.base)
        device = meaning.device or sender
        if device is None:
            raise DecodeError(Reason.WRONG_SHAPE, shown(f"no device: {record.name}, {topic}"))
        by_device.setdefault(device, []).append((meaning, record))
    uplinks = (_to_uplink(device, found, sender, received_at_us) for device, found in by_device.items())
    return tuple(uplink for uplink in uplinks if uplink is not None)


def _read_sender(topic: str) -> str | None:
    levels = [level for level in topic.split("/")[1:] if level and level not in ENCODINGS]
    text = external_id(levels[-1]) if levels else ""
    return text if is_device_id(text) else None


def _to_uplink(
    device: str, found: Sequence[tuple[Meaning, Resolved]], sender: str | None, received_at_us: int
) -> Uplink | None:
    columns, rejected = check_columns(_raw_columns(found), received_at_us)
    if not columns and not rejected:
        return None
    clock: Clock = "arrival" if any(record.is_relative for _, record in found) else "device"
    return Uplink(device, columns, rejected, None, clock, None, None if sender == device else sender)


def _raw_columns(found: Iterable[tuple[Meaning, Resolved]]) -> list[RawColumn]:
    """Gather the values of one series, in the order of time that the records have."""
    times: dict[Key, list[int]] = {}
    values: dict[Key, list[object]] = {}
    for meaning, record in found:
        for key, value in _read_values(meaning, record):
            times.setdefault(key, []).append(record.time_us)
            values.setdefault(key, []).append(value)
    return [RawColumn(*key, times[key], values[key]) for key in values]


def _read_values(meaning: Meaning, record: Resolved) -> list[tuple[Key, object]]:
    """Give the value and the sum of a record."""
    written = record.unit
    quantity = meaning.quantity or BY_UNIT.get(written or "", f"(unit {written})")
    pairs: list[tuple[Key, object]] = []
    if record.value is not None:
        unit = meaning.unit if written is None else UNITS.get(written, written)
        pairs.append(((meaning.channel, quantity, unit), record.value))
    if record.sum is not None:
        name = SUM_QUANTITIES.get(quantity, f"{quantity} (sum)")
        pairs.append(((meaning.channel, name, SUM_UNITS.get(written or "", f"{written}.s")), record.sum))
    return pairs
