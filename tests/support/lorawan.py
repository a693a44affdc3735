"""Events of LoRaWAN network servers, as small as they come and as odd as they get."""

from base64 import b64encode
from typing import Any

from hypothesis import strategies as st

EUI = "a84041000000011c"
ARRIVAL_US = 1_790_000_000_000_000
AT, AT_US = "2026-03-01T12:00:00.123456789+00:00", 1_772_366_400_123_457


def chirpstack_topic(kind: str = "up", device: str = EUI) -> str:
    """Give the default topic of a kind of event."""
    return f"application/17c82e96-be03-4f38-aef3-f83d48582d97/device/{device}/event/{kind}"


def a_chirpstack_event(**fields: Any) -> dict[str, Any]:
    """Give an `up` event in ChirpStack's JSON; a field given as None is left out."""
    event = {
        "deduplicationId": "59320769-9476-588f-84c6-88345415c9c6",
        "time": AT,
        "deviceInfo": {"devEui": EUI, "deviceProfileName": "anything", "tags": {"a": "b"}},
        "devAddr": "0100001c",
        "fCnt": 28,
        "fPort": 3,
        "rxInfo": [{"gatewayId": "0016c001f153a14c", "rssi": -97, "snr": 7.5, "crcStatus": "CRC_OK"}],
        "txInfo": {"frequency": 868100000, "modulation": {"lora": {"bandwidth": 125000, "spreadingFactor": 7}}},
        **fields,
    }
    return {name: value for name, value in event.items() if value is not None}


def a_stack_message(**uplink: Any) -> dict[str, Any]:
    """Give an `up` message of The Things Stack."""
    message = {
        "session_key_id": "AXA50tHUGUucuzS/bCGMNw==",
        "f_cnt": 5,
        "f_port": 1,
        "frm_payload": b64encode(b"\x01").decode(),
        "received_at": AT,
        "rx_metadata": [{"gateway_ids": {"gateway_id": "gtw1", "eui": "9C5C8E00001A05C4"}, "rssi": -35, "snr": 5}],
        "settings": {"data_rate": {"lora": {"spreading_factor": 9}}},
        **uplink,
    }
    return {
        "end_device_ids": {"device_id": "dev1", "dev_eui": EUI.upper(), "dev_addr": "00BCB929"},
        "received_at": AT,
        "uplink_message": {name: value for name, value in message.items() if value is not None},
    }


@st.composite
def mutated(draw: st.DrawFn, original: bytes) -> bytes:
    """Give the bytes with a few cut out, replaced or put in."""
    data = bytearray(original)
    for _ in range(draw(st.integers(1, 4))):
        start = draw(st.integers(0, len(data)))
        length = draw(st.integers(0, 3))
        data[start : start + length] = draw(st.binary(max_size=3))
    return bytes(data[: draw(st.integers(0, len(data)))] if draw(st.booleans()) else data)
