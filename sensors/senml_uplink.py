"""Resolved SenML records become uplinks, one for each device that the pack speaks of."""

from collections.abc import Iterator, Mapping, Sequence

from sensors.foreign_name import external_id
from sensors.measurement import Clock, Uplink
from sensors.plausible import RawColumn, check_columns
from sensors.rejection import DecodeError, Reason, shown
from sensors.senml import Resolved
from sensors.senml_name import BY_UNIT, POSITIONS, SUM_QUANTITIES, SUM_UNITS, UNITS, read_name

ENCODINGS = frozenset({"json", "cbor"})

# Name, base name and unit: what records of one series have in common
Key = tuple[str, str, str | None]


def to_uplinks(records: Sequence[Resolved], topic: str, received_at_us: int) -> tuple[Uplink, ...]:
    """Give the uplinks; none where the pack says only where things are. Raises DecodeError (wrong_shape).

    A record whose name is but a quantity is the sender's own; for others the sender is the gateway. The sender is the
    topic's last level that does not name the encoding.
    """
    sender = _read_sender(topic)
    clock: Clock = "arrival" if any(record.is_relative for record in records) else "device"
    by_device: dict[str, list[RawColumn]] = {}
    for key, series in _gather(records).items():
        device = read_name(key[0], key[1]).device or sender
        if device is None:
            raise DecodeError(Reason.WRONG_SHAPE, shown(f"no device: {key[0]}, {topic}"))
        by_device.setdefault(device, []).extend(_raw_columns(key, series))
    uplinks: list[Uplink] = []
    for device, raws in by_device.items():
        columns, rejected = check_columns(raws, received_at_us)
        if columns or rejected:
            gateway = None if sender == device else sender
            uplinks.append(Uplink(device, columns, rejected, None, clock, None, gateway))
    return tuple(uplinks)


def _read_sender(topic: str) -> str | None:
    levels = [level for level in topic.split("/")[1:] if level and level not in ENCODINGS]
    return external_id(levels[-1]) if levels else None


def _gather(records: Sequence[Resolved]) -> Mapping[Key, list[Resolved]]:
    """Put together what belongs to one series; positions are left out."""
    gathered: dict[Key, list[Resolved]] = {}
    for record in records:
        if record.unit not in POSITIONS:
            gathered.setdefault((record.name, record.base, record.unit), []).append(record)
    return gathered


def _raw_columns(key: Key, series: Sequence[Resolved]) -> Iterator[RawColumn]:
    """Give a column for the values of a series and one for its sums."""
    name, base, written = key
    meaning = read_name(name, base)
    quantity = meaning.quantity or BY_UNIT.get(written or "", f"(unit {written})")
    if valued := [record for record in series if record.value is not None]:
        unit = meaning.unit if written is None else UNITS.get(written, written)
        times, values = [record.time_us for record in valued], [record.value for record in valued]
        yield RawColumn(meaning.channel, quantity, unit, times, values)
    if summed := [record for record in series if record.sum is not None]:
        total, unit = SUM_QUANTITIES.get(quantity, f"{quantity} (sum)"), SUM_UNITS.get(written or "", f"{written}.s")
        times, sums = [record.time_us for record in summed], [record.sum for record in summed]
        yield RawColumn(meaning.channel, total, unit, times, sums)
