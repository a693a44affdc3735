"""One small message in each payload format that says one value of the device `dev-1`, or only that it is there."""

import json
from dataclasses import dataclass

import cbor2

from sensors.json_mapping import json_mapping, read_rule
from simulators.protobuf import field_bytes, field_double, field_varint
from tests.support.sparkplug import a_birth, a_payload, bd_seq

DEVICE = "dev-1"
AT_S = 1_780_000_000
AT = "2026-05-28T20:26:40Z"
MAPPING = json_mapping(
    read_rule(
        b'{"name": "plant", "topic": "plant/{device}", "time": {"path": "$.t", "format": "s"},'
        b' "values": [{"path": "$.p", "quantity": "active_power"}]}'
    )
)


@dataclass(frozen=True, slots=True)
class Sample:
    """A message; `n_values` counts what it holds (a frame counter is one), `before` is what must have been heard."""

    topic: str
    payload: bytes
    n_values: int = 1
    before: tuple[tuple[str, bytes], ...] = ()


def as_json(topic: str, document: object, **more: object) -> Sample:
    """Give a sample with a JSON payload."""
    return Sample(topic, json.dumps(document).encode(), **more)  # type: ignore[arg-type]  # passed on


def a_chirpstack_event() -> bytes:
    """Write an `up` event in protobuf: deduplication id 1, time 2, device 3, object 11."""
    value = field_bytes(1, b"active_power") + field_bytes(2, field_double(2, 41.5))
    return (
        field_bytes(1, b"59320769-9476-588f-84c6-88345415c9c6")
        + field_bytes(2, field_varint(1, AT_S))
        + field_bytes(3, field_bytes(8, DEVICE.encode()))
        + field_bytes(11, field_bytes(1, value))
    )


CHIRPSTACK = {
    "deduplicationId": "59320769-9476-588f-84c6-88345415c9c6",
    "time": AT,
    "deviceInfo": {"devEui": DEVICE},
    "object": {"active_power": 41.5},
}
THE_THINGS_STACK = {
    "end_device_ids": {"device_id": DEVICE},
    "uplink_message": {
        "session_key_id": "AXA50tHUGUucuzS/bCGMNw==",
        "f_cnt": 5,
        "received_at": AT,
        "decoded_payload": {"active_power": 41.5},
    },
}
ENTITY = {"id": f"urn:ngsi-ld:Streetlight:{DEVICE}", "type": "Streetlight"}
HOMIE = {"homie": "5.0", "version": 1, "nodes": {"n": {"properties": {"power": {"datatype": "float", "unit": "W"}}}}}

SAMPLES = {
    "native": as_json(f"vigie/T/{DEVICE}/up", {"at": AT_S, "values": {"active_power": 41.5}}),
    "senml_json": as_json("senml/gw-1/json", [{"n": f"{DEVICE}/active_power", "t": AT_S, "u": "W", "v": 41.5}]),
    "senml_cbor": Sample("senml/gw-1/cbor", cbor2.dumps([{0: f"{DEVICE}/active_power", 6: AT_S, 1: "W", 2: 41.5}])),
    "chirpstack": as_json(f"application/a/device/{DEVICE}/event/up", CHIRPSTACK, n_values=2),
    "chirpstack_protobuf": Sample(f"application/a/device/{DEVICE}/event/up", a_chirpstack_event(), n_values=2),
    "the_things_stack": as_json(f"v3/a/devices/{DEVICE}/up", THE_THINGS_STACK, n_values=2),
    "cayenne": Sample(f"cayenne/{DEVICE}/up", bytes.fromhex("01670110")),
    "tasmota": as_json(f"tele/{DEVICE}/SENSOR", {"Time": "2026-05-28T22:26:40", "ENERGY": {"Power": 41.5}}),
    "zigbee2mqtt": as_json(f"zigbee2mqtt/{DEVICE}", {"power": 41.5}),
    "thingsboard_gateway": as_json(
        "v1/gateway/telemetry", {DEVICE: [{"ts": AT_S * 1000, "values": {"active_power": 41.5}}]}
    ),
    "thingsboard_device": as_json(
        f"v1/devices/{DEVICE}/telemetry", {"ts": AT_S * 1000, "values": {"active_power": 41.5}}
    ),
    "ngsi_ld": as_json(
        "ngsi-ld/o/entities", {**ENTITY, "powerState": {"type": "Property", "value": "on", "observedAt": AT}}
    ),
    "ngsi_v2": as_json("ngsi-v2/o/entities", {**ENTITY, "powerState": {"type": "Text", "value": "on"}}),
    MAPPING.name: as_json(f"plant/{DEVICE}", {"t": AT_S, "p": 41.5}),
    "sparkplug_b": Sample(
        f"spBv1.0/T/DBIRTH/gw-1/{DEVICE}",
        a_payload(1, a_birth(1, "active_power", 41.5)),
        before=(("spBv1.0/T/NBIRTH/gw-1", a_payload(0, bd_seq(7))),),
    ),
    "homie": Sample(
        f"homie/5/{DEVICE}/n/power",
        b"41.5",
        before=((f"homie/5/{DEVICE}/$description", json.dumps(HOMIE).encode()),),
    ),
    "tasmota_lwt": Sample(f"tele/{DEVICE}/LWT", b"Online", n_values=0),
    "thingsboard_connect": as_json("v1/gateway/connect", {"device": DEVICE}, n_values=0),
    "zigbee2mqtt_availability": as_json(f"zigbee2mqtt/{DEVICE}/availability", {"state": "online"}, n_values=0),
}
