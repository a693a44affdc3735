"""Own decoders of devices, beside the documented inputs and outputs of the makers' codecs.

The makers' codecs name and scale their fields each in its own way; `FIELDS` says by hand which field is which value.
"""

import json
from base64 import b64decode
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sensors.decoded import Item
from sensors.devices import DeviceModel, device_models, find_device_model
from sensors.plausible import RawColumn, check_columns
from sensors.rejection import DecodeError, Reason
from tests.support.lorawan import ARRIVAL_US, mutated
from tests.support.shared import REPOSITORY, shared_data

# model -> dotted field of the documented output -> channel, quantity, unit
FIELDS: dict[str, dict[str, tuple[str, str, str | None]]] = {
    "adeunis/tic-cbe-linky-mono": {
        "bytes.HCHC.value": ("hc", "active_energy", "W.h"),
        "bytes.HCHP.value": ("hp", "active_energy", "W.h"),
        "bytes.IINST.value": ("", "current", "A"),
        "bytes.PAPP.value": ("", "apparent_power", "V.A"),
    },
    "adeunis/tic-cbe-linky-tri": {
        "bytes.BASE.value": ("base", "active_energy", "W.h"),
        "bytes.IINST1.value": ("L1", "current", "A"),
        "bytes.IINST2.value": ("L2", "current", "A"),
        "bytes.IINST3.value": ("L3", "current", "A"),
        "bytes.PAPP.value": ("", "apparent_power", "V.A"),
    },
    "bosch/tps110": {"occupied": ("", "occupancy", None), "temperature": ("", "device_temperature", "Cel")},
    "browan/cd10": {
        "battery": ("", "battery_voltage", "V"),
        "temperature": ("", "temperature", "Cel"),
        "humidity": ("", "relative_humidity", "%"),
        "co2_ppm": ("", "co2", "[ppm]"),
    },
    "decentlab/dl-lid": {
        "distance_median.value": ("", "distance", "mm"),
        "battery_voltage.value": ("", "battery_voltage", "V"),
    },
    "decentlab/dl-lp8p": {
        "air_temperature.value": ("", "temperature", "Cel"),
        "air_humidity.value": ("", "relative_humidity", "%"),
        "barometer_temperature.value": ("barometer", "temperature", "Cel"),
        "barometric_pressure.value": ("", "air_pressure", "Pa"),
        "co2_concentration.value": ("", "co2", "[ppm]"),
        "co2_sensor_temperature.value": ("co2", "temperature", "Cel"),
        "battery_voltage.value": ("", "battery_voltage", "V"),
    },
    "dingtek/df702": {
        "level": ("", "distance", "mm"),
        "temperature": ("", "container_temperature", "Cel"),
        "angle": ("", "tilt", "deg"),
        "fire": ("", "temperature_alarm", None),
        "full": ("", "container_state", None),  # in the examples nothing else is wrong with the container
    },
    "elsys/elt-ultrasonic": {
        "temperature": ("", "temperature", "Cel"),
        "humidity": ("", "relative_humidity", "%"),
        "distance": ("", "distance", "mm"),
        "pressure": ("", "air_pressure", "hPa"),
    },
    "elsys/ers-co2": {
        "temperature": ("", "temperature", "Cel"),
        "humidity": ("", "relative_humidity", "%"),
        "light": ("", "illuminance", "lx"),
        "motion": ("", "presence", None),
        "co2": ("", "co2", "[ppm]"),
    },
    "mclimate/co2-sensor": {
        "CO2": ("", "co2", "[ppm]"),
        "sensorTemperature": ("", "temperature", "Cel"),
        "relativeHumidity": ("", "relative_humidity", "%"),
        "batteryVoltage": ("", "battery_voltage", "V"),
    },
    "milesight-iot/am107": {
        "battery": ("", "battery_level", "%"),
        "temperature": ("", "temperature", "Cel"),
        "humidity": ("", "relative_humidity", "%"),
        "illumination": ("", "illuminance", "lx"),
        "co2": ("", "co2", "[ppm]"),
        "tvoc": ("", "voc", "[ppb]"),
        "pressure": ("", "air_pressure", "hPa"),
    },
    "milesight-iot/em400-tld": {
        "battery": ("", "battery_level", "%"),
        "temperature": ("", "container_temperature", "Cel"),
        "distance": ("", "distance", "mm"),
        "position": ("", "container_state", None),
    },
    "milesight-iot/ws201": {
        "battery": ("", "battery_level", "%"),
        "distance": ("", "distance", "mm"),
        "remaining": ("", "fill_level", "%"),
    },
    "milesight-iot/ws558": {
        "voltage": ("", "voltage", "V"),
        "power_consumption": ("", "active_energy", "W.h"),
    },
    "netvox/r719a": {"Volt": ("", "battery_voltage", "V"), "CarOnOff": ("", "occupancy", None)},
    "nwave/ncc405fm": {"counter_value": ("", "vehicle_count", None), "battery_voltage": ("", "battery_voltage", "V")},
    "sensecap/sensecaps2103-co2-temp-humid": {
        "4097": ("", "temperature", "Cel"),
        "4098": ("", "relative_humidity", "%"),
        "battery": ("", "battery_level", "%"),
    },
    "tekzitel/tekzipark": {
        "occupied": ("", "occupancy", None),
        "Temperature": ("", "device_temperature", "Cel"),
    },
}
WORDS: dict[object, float] = {"tilt": 2.0, "normal": 0.0}  # container_state: 2 is tipped over
MODELS = sorted(device_models())


def documented(model: str) -> Iterator[dict[str, Any]]:
    """Give the documented examples of a model."""
    for path in sorted(shared_data("payloads/ttn-lorawan-devices").glob("*/*.vectors.json")):
        document = json.loads(path.read_bytes())
        if document["device"] == model:
            yield from document["vectors"]


def expected_values(model: str, output: dict[str, Any]) -> dict[tuple[str, str], float]:
    """Give what the documented output means, in canonical units."""
    leaves = dict(flat(output))
    items = [
        Item(channel, quantity, unit, WORDS.get(number(leaves[field]), number(leaves[field])))
        for field, (channel, quantity, unit) in FIELDS[model].items()
        if field in leaves
    ]
    if model == "elsys/ers-co2":
        items = [item._replace(value=min(item.value, 1)) if item.quantity == "presence" else item for item in items]
    return canonical(items)


def flat(value: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """Give the leaves of the output by dotted path; telemetry of numbered kinds by its number."""
    if isinstance(value, dict) and "measurementId" in value:
        yield str(value["measurementId"]), value["measurementValue"]
    elif isinstance(value, dict):
        for name, inner in value.items():
            yield from flat(inner, f"{path}.{name}" if path else name)
    elif isinstance(value, list):
        for inner in value:
            yield from flat(inner)
    else:
        yield path, value


def number(written: object) -> object:
    """Read `2000 mm` as 2000, a flag as 0 or 1."""
    if isinstance(written, bool):
        return int(written)
    if isinstance(written, str) and written[:1].isdigit() and " " in written:
        return float(written.split()[0])
    return written


def canonical(items: list[Item]) -> dict[tuple[str, str], float]:
    """Give values in canonical units; what is impossible is left out, as it is before storing."""
    raws = [RawColumn(item.channel, item.quantity, item.unit, [ARRIVAL_US], [item.value]) for item in items]
    columns, rejected = check_columns(raws, ARRIVAL_US)
    assert {part.reason for part in rejected} <= {Reason.OUT_OF_RANGE}
    return {(column.channel, column.quantity): column.values[0] for column in columns}


@pytest.mark.shared_data
@pytest.mark.parametrize("model", FIELDS)
def test_decoder_agrees_with_every_documented_example(model: str) -> None:
    examples = list(documented(model))
    assert examples
    n_values = 0
    for example in examples:
        data = bytes.fromhex(example["hex"])
        if example["expected"].get("errors"):
            with pytest.raises(DecodeError):
                device_models()[model].decode(data, example["fPort"])
            continue
        found = canonical(device_models()[model].decode(data, example["fPort"]))
        expected = expected_values(model, example["expected"]["data"])
        n_values += len(found)
        # the makers' codecs round: voltages to 0.01 V (0.005 either way), the rest more finely
        assert found == pytest.approx(expected, abs=0.005), example["description"]
    assert n_values > 0


@pytest.mark.parametrize("model", MODELS)
@settings(max_examples=40)
@given(data=st.data())
def test_decoders_raise_only_their_own_error(model: str, data: st.DataObject) -> None:
    """Any bytes give values of known quantities or a refusal."""
    payload = data.draw(st.binary(max_size=60) | mutated(bytes.fromhex("01755c0367010104824408050001")))
    port = data.draw(st.sampled_from([1, 2, 3, 6, 10, 85, 127]))
    reasons = []
    try:
        items = device_models()[model].decode(payload, port)
    except DecodeError as error:
        reasons.append(error.reason)
        items = []
    assert set(reasons) <= {Reason.INVALID_BINARY}
    canonical(items)


@pytest.mark.shared_data
@pytest.mark.parametrize("model", FIELDS)
def test_a_frame_cut_short_never_gives_a_value_that_the_whole_one_has_not(model: str) -> None:
    for example in documented(model):
        whole = bytes.fromhex(example["hex"])
        full = decoded_or_nothing(device_models()[model], whole, example["fPort"])
        for length in range(len(whole)):
            part = decoded_or_nothing(device_models()[model], whole[:length], example["fPort"])
            assert part.items() <= full.items()


def decoded_or_nothing(model: DeviceModel, data: bytes, f_port: int) -> dict[tuple[str, str], float]:
    try:
        return canonical(model.decode(data, f_port))
    except DecodeError:
        return {}


def test_every_model_is_found_by_the_names_people_give_it() -> None:
    assert len({id(model) for model in device_models().values()}) >= 12
    for model in device_models().values():
        assert all(find_device_model(key) is model for key in model.ids)
    bosch = device_models()["bosch/tps110"]
    assert find_device_model("Bosch TPS110") is find_device_model("BOSCH_tps-110") is bosch
    assert find_device_model("Milesight WS558") is device_models()["milesight-iot/ws558"]
    assert find_device_model("tps110") is None
    assert find_device_model("") is None


@pytest.mark.shared_data
def test_decoders_agree_with_the_servers_codec_where_no_example_is_stored() -> None:
    """Two models whose only documented pair is an uplink event with the object of the server's codec."""
    folder = shared_data("payloads/chirpstack/generated-events")

    def decoded(domain: str, model: str) -> tuple[dict[tuple[str, str], float], dict[str, Any]]:
        event = json.loads((folder / f"{domain}__{model.replace('/', '__')}.json").read_bytes())
        items = device_models()[model].decode(b64decode(event["data"]), event["fPort"])
        return canonical(items), event["object"]

    room, expected = decoded("building", "talkpool/oy1210")
    assert room["", "temperature"] == pytest.approx(expected["Temperature"])
    assert room["", "relative_humidity"] == pytest.approx(expected["Humidity"])
    assert room["", "co2"] == expected["CO2"]
    bay, expected = decoded("parking", "nwave/nps405fm")
    assert bay == {("", "occupancy"): expected["occupied"]}


def test_room_sensor_with_particles() -> None:
    """The uplink event of an AM319, read by the lengths and scales of the maker's guide."""
    data = bytes.fromhex("0367340104686505000106cb02077da803087d2500097366270a7d04000b7d20000c7d3000")
    assert canonical(device_models()["milesight-iot/am319"].decode(data, 85)) == pytest.approx(
        {
            ("", "temperature"): 30.8,
            ("", "relative_humidity"): 50.5,
            ("", "presence"): 1,
            ("", "co2"): 936,
            ("", "air_pressure"): 1008.6,
            ("", "pm2_5"): 32,
            ("", "pm10"): 48,
        }
    )


def test_every_model_is_in_the_reference() -> None:
    page = (REPOSITORY / "docs/reference/devices.md").read_text()
    assert [key for key in MODELS if f"`{key}`" not in page] == []


def test_container_alarms_show_the_gravest() -> None:
    def state(alarms: str) -> float:
        data = bytes.fromhex(f"8000010111 03e8 00 1e 01 05 {alarms} 00000081".replace(" ", ""))
        values = canonical(device_models()["dingtek/df702"].decode(data, 3))
        assert values["", "tilt"] == -5
        return values["", "container_state"]

    assert [state(alarms) for alarms in ("0000", "1000", "1010", "1110")] == [0, 5, 2, 4]


def test_light_controller_tells_each_circuit() -> None:
    values = canonical(device_models()["milesight-iot/ws558"].decode(bytes.fromhex("08310060"), 85))
    assert {channel for (channel, _), value in values.items() if value} == {"L6", "L7"}
    assert len(values) == 8
