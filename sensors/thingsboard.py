"""ThingsBoard's telemetry: objects of named values, with or without their time in milliseconds, alone or in a list."""

from collections.abc import Iterator, Mapping

from sensors.decoded import Fields, Item, read_decoded
from sensors.mapping import WITH_UNITS, raw_columns
from sensors.measurement import Clock, RejectedPart, Uplink
from sensors.plausible import Refusal, check_columns
from sensors.rejection import Reason, shown_value

MILLISECOND_US = 1000

# When the values were measured, None at the arrival, and the values
Entry = tuple[int | Refusal | None, list[Item]]


def read_telemetry(device: str, telemetry: object, received_at_us: int, fields: Fields = WITH_UNITS) -> Uplink | None:
    """Give what a device measured, None where it is nothing. An entry that is no object is refused alone."""
    written = telemetry if isinstance(telemetry, list) else [telemetry]
    entries = [_read_entry(entry, fields) for entry in written if isinstance(entry, Mapping)]
    raws = raw_columns((received_at_us if at_us is None else at_us, items) for at_us, items in entries)
    columns, rejected = check_columns(raws, received_at_us)
    parts = (*rejected, *_refuse_entries(written))
    if not columns and not parts:
        return None
    clock: Clock = "arrival" if any(at_us is None for at_us, _ in entries) else "device"
    return Uplink(device, columns, parts, clock=clock)


def _read_entry(entry: Mapping[str, object], fields: Fields) -> Entry:
    """Read `{"ts", "values"}`, or an object of values only."""
    values = entry.get("values")
    if "ts" in entry and isinstance(values, Mapping):
        return _read_time(entry["ts"]), read_decoded(values, fields)
    return None, read_decoded(entry, fields)


def _read_time(written: object) -> int | Refusal:
    if isinstance(written, bool) or not isinstance(written, int):
        return Refusal(Reason.TIME_INVALID, shown_value(written))
    return written * MILLISECOND_US


def _refuse_entries(written: list[object]) -> Iterator[RejectedPart]:
    n_odd = sum(not isinstance(entry, Mapping) for entry in written)
    if n_odd:
        odd = next(entry for entry in written if not isinstance(entry, Mapping))
        yield RejectedPart(Reason.WRONG_SHAPE, shown_value(odd), "", "", n_odd)
