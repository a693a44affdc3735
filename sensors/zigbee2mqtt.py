"""What the properties of a Zigbee2MQTT device mean, by the names and units of its own definitions.

Some names mean different things on different devices; what stands beside them in the message tells which.
"""

from collections.abc import Iterator, Mapping

from sensors.decoded import Fields, Item, Target, read_decoded
from sensors.foreign_name import channel_name

BRIGHTEST = 254  # Zigbee's level control, 0 to 254
MIREDS_PER_KELVIN = 1e6
LARGEST = 1e12

Document = Mapping[str, object]

_ELECTRICAL = frozenset({"power", "current", "energy"})
_OF_A_LAMP = frozenset({"brightness", "color_temp", "color", "color_mode"})
_SWITCHED = {"ON": "on", "OFF": "off"}

# Settings, identity and the radio link; a link quality has no unit
WITHOUT_MEASUREMENT = frozenset(
    {
        *("linkquality", "last_seen", "update", "update_available", "device", "elapsed", "action", "action_side"),
        *("color", "color_mode", "color_options", "effect", "power_on_behavior", "child_lock", "level_config"),
        *("occupancy_timeout", "sensitivity", "motion_sensitivity", "measurement_interval", "transmit_power"),
        *(
            "temperature_calibration",
            "humidity_calibration",
            "illuminance_calibration",
            "local_temperature_calibration",
        ),
        *("illuminance_raw", "transition", "identify", "indicator_mode", "led_indication", "no_occupancy_since"),
    }
)

FIELDS: Fields = {
    "temperature": Target("temperature", "Cel"),
    "localtemperature": Target("temperature", "Cel"),
    "devicetemperature": Target("device_temperature", "Cel"),
    "humidity": Target("relative_humidity", "%"),
    "pressure": Target("air_pressure", "hPa"),
    "illuminance": Target("illuminance", "lx"),
    "illuminancelux": Target("illuminance", "lx"),
    "co2": Target("co2", "[ppm]"),
    "pm25": Target("pm2_5", "ug/m3"),
    "pm10": Target("pm10", "ug/m3"),
    "battery": Target("battery_level", "%"),
    "power": Target("active_power", "W"),
    "energy": Target("active_energy", "kW.h"),
    "producedenergy": Target("exported_energy", "kW.h"),
    "current": Target("current", "A"),
    "powerfactor": Target("power_factor", "1"),
    "acfrequency": Target("frequency", "Hz"),
    "occupancy": Target("presence"),  # of somebody who moves, not of a car
    "presence": Target("presence"),
    "waterleak": Target("leak"),
    "tamper": Target("tamper"),
    "currentheatingsetpoint": Target("temperature_setpoint", "Cel"),
    "occupiedheatingsetpoint": Target("temperature_setpoint", "Cel"),
    "piheatingdemand": Target("valve_position", "%"),
    "soilmoisture": Target("soil_moisture"),
    "windowopen": Target("window"),
    "windspeed": Target("wind_speed", "m/s"),
    # Same name, different units from device to device
    **{name: Target(f"{name} (unit?)") for name in ("voc", "flow", "distance", "weight", "level")},
}


def read_properties(document: Document) -> list[Item]:
    """Give the values of one message; what is text and no state is left out."""
    known = {name: value for name, value in document.items() if name not in WITHOUT_MEASUREMENT}
    if "illuminance_lux" in known:
        known.pop("illuminance", None)  # the bare number of the Zigbee cluster, before version 2
    is_lamp = not _OF_A_LAMP.isdisjoint(document)
    items = [*_read_light(known), *_read_states(known, "lamp_on" if is_lamp else "relay_on")]
    items += [*_read_voltage(known), *_read_contact(known)]
    return items + read_decoded(known, FIELDS)


def _read_light(known: dict[str, object]) -> Iterator[Item]:
    """Brightness in the steps of Zigbee and colour temperature in mireds; of a lamp that is off they say what was."""
    brightness, mireds = known.pop("brightness", None), known.pop("color_temp", None)
    if known.get("state") == "OFF":
        return
    steps = _as_float(brightness)
    yield Item("", "dimming_level", "%", brightness if steps is None else steps / BRIGHTEST * 100)
    per_kelvin = _as_float(mireds)
    yield Item("", "color_temperature", "K", MIREDS_PER_KELVIN / per_kelvin if per_kelvin else mireds)


def _as_float(value: object) -> float | None:
    """Give a number that can be scaled, None for the rest, which the gate refuses."""
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return float(value) if is_number and abs(value) < LARGEST else None  # type: ignore[arg-type]


def _read_states(known: dict[str, object], quantity: str) -> Iterator[Item]:
    """ON and OFF of lamps and relays, `state_l1` on channel l1; states of other things are left out as text."""
    for name in [name for name in known if name == "state" or name.startswith("state_")]:
        value = known.pop(name)
        if isinstance(value, str) and value in _SWITCHED:
            yield Item(channel_name(name.removeprefix("state").strip("_")), quantity, None, _SWITCHED[value])


def _read_voltage(known: dict[str, object]) -> Iterator[Item]:
    """Volts of the mains beside other electrical values, millivolts of a battery beside its level; else not known."""
    value = known.pop("voltage", None)
    if not _ELECTRICAL.isdisjoint(known):
        yield Item("", "voltage", "V", value)
    elif "battery" in known:
        yield Item("", "battery_voltage", "mV", value)
    else:
        yield Item("", "voltage (unit?)", None, value)


def _read_contact(known: dict[str, object]) -> Iterator[Item]:
    """A contact that is made is a door that is closed."""
    value = known.pop("contact", None)
    yield Item("", "door", None, not value if isinstance(value, bool) else value)
