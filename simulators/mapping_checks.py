"""What types alone cannot say about a mapping: names that must exist, keys that go together."""

from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from sensors.instant import read_instant_us
from sensors.quantity import Quantity, find_quantity
from sensors.rejection import DecodeError
from sensors.topic import is_device_id
from sensors.types import find_asset_type
from sensors.unit import UnitError, conversion
from simulators.mapping_tables import Device, Mapping, Time, Values, fill


class MappingError(ValueError):
    """The mapping cannot be used; the sentence names file and key, and says what was expected."""


def check(mapping: Mapping) -> None:
    """Check what types alone cannot say. Raises MappingError without the file's name."""
    check_zone("territory.time_zone", mapping.territory.time_zone)
    check_time(mapping.time)
    check_gateway(mapping)
    for index, device in enumerate(mapping.devices):
        check_device(f"devices[{index}]", device, mapping)
    for index, values in enumerate(mapping.values):
        check_values(f"values[{index}] ({values.column})", values, mapping)
    check_targets(mapping)


def check_targets(mapping: Mapping) -> None:
    """Check that no two columns give the same series, and that a series has one unit."""
    unit_by_target: dict[tuple[str | None, str | None, str], str | None] = {}
    for values in mapping.values:
        target = values.device, values.file, values.key
        if target in unit_by_target and values.when is None:
            raise MappingError(f"values: two columns give {values.key}: tell them apart by channel or device")
        if unit_by_target.setdefault(target, values.unit) != values.unit:
            raise MappingError(f"values: {values.key} has two units; give one of them its own channel")


def check_gateway(mapping: Mapping) -> None:
    """Check the gateway's name."""
    if not is_device_id(mapping.gateway):
        raise MappingError(f"gateway: {mapping.gateway!r} cannot be a device id (letters, digits, . _ : -)")


def check_zone(key: str, name: str) -> None:
    """Check that a time zone exists."""
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise MappingError(f"{key}: {name!r} is no time zone; expected a name such as Europe/Paris") from None


def check_time(time: Time) -> None:
    """Check that there is one way to tell the time."""
    if time.zone is not None:
        check_zone("time.zone", time.zone)
    if (time.column is None) == (time.start is None) or (time.start is None) != (time.step_s is None):
        raise MappingError("time: expected either `column`, or `start` and `step_s`")
    if time.start is not None:
        try:
            read_instant_us(time.start)
        except DecodeError:
            raise MappingError(
                f"time.start: {time.start!r} is no instant with offset, such as 2015-01-05T12:00:00+01:00"
            ) from None
    elif time.format not in ("iso", "unix", "unix_ms") and "%" not in time.format:
        raise MappingError(f"time.format: {time.format!r} is neither iso, unix, unix_ms nor a pattern such as %d/%m/%Y")


def check_device(key: str, device: Device, mapping: Mapping) -> None:
    """Check id, asset type and attributes of a device."""
    plain = fill(device.id, "file", "value")
    if not is_device_id(plain):
        raise MappingError(f"{key}.id: {device.id!r} cannot be a device id (letters, digits, . _ : -)")
    if [other.id for other in mapping.devices].count(device.id) > 1:
        raise MappingError(f"{key}.id: {device.id!r} is there twice")
    if ("{value}" in device.id) != (device.column is not None):
        raise MappingError(f"{key}: {{value}} in `id` and `column` go together")
    asset_type = find_asset_type(device.asset.type)
    if asset_type is None:
        raise MappingError(f"{key}.asset.type: {device.asset.type!r} is no asset type")
    for name in device.asset.attributes:
        if asset_type.attribute(name) is None:
            known = ", ".join(attribute.name for attribute in asset_type.attributes)
            raise MappingError(f"{key}.asset.attributes: {name!r} is none of {known}")


def check_values(key: str, values: Values, mapping: Mapping) -> None:
    """Check quantity, unit, codes and device of a column."""
    quantity = find_quantity(values.quantity)
    if quantity is None:
        raise MappingError(f"{key}.quantity: {values.quantity!r} is no quantity of Vigie")
    if values.unit is not None:
        try:
            conversion(values.unit, quantity.unit)
        except UnitError as error:
            raise MappingError(f"{key}.unit: {error}") from error
    check_codes(f"{key}.codes", values, quantity)
    ids = [device.id for device in mapping.devices]
    if values.device is None and len(ids) > 1:
        raise MappingError(f"{key}.device: expected one of the devices, as there are several: {', '.join(ids)}")
    if values.device is not None and values.device not in ids:
        raise MappingError(f"{key}.device: {values.device!r} is none of {', '.join(ids)}")


def check_codes(key: str, values: Values, quantity: Quantity) -> None:
    """Check that texts are mapped to states that exist."""
    if values.codes and quantity.kind != "state":
        raise MappingError(f"{key}: {quantity.name} is no state")
    for slug in values.codes.values():
        if quantity.code_number(slug) is None:
            known = ", ".join(code.slug for code in quantity.codes)
            raise MappingError(f"{key}: {slug!r} is none of {known}")
