"""Availability topics, last wills, connect and disconnect: facts about devices, each only once."""

import pytest

from sensors.rejection import DecodeError, Reason
from sensors.stateful import Decoded, stateful_formats
from tests.support.shared import shared_data
from tests.support.sparkplug import Host


def a_host(name: str) -> Host:
    """Give a host of the format of this name."""
    return Host(stateful_formats()[name])


def facts(decoded: Decoded) -> list[tuple[str, str, str | None]]:
    """Give device, presence and the gateway with which it went."""
    return [(fact.device, fact.presence, fact.through) for fact in decoded.liveness]


SAID = {
    "Tasmota": ("tasmota_lwt", "tele/boiler room/LWT", b"Online", ("boiler_room", "online", None)),
    "Tasmota gone": ("tasmota_lwt", "tele/meter/LWT", b"Offline", ("meter", "offline", None)),
    "Zigbee2MQTT": (
        "zigbee2mqtt_availability",
        "zigbee2mqtt/floor 1/lamp/availability",
        b'{"state":"online"}',
        ("floor_1_lamp", "online", None),
    ),
    "Zigbee2MQTT before 2": (
        "zigbee2mqtt_availability",
        "zigbee2mqtt/lamp/availability",
        b"offline",
        ("lamp", "offline", None),
    ),
    "ThingsBoard": (
        "thingsboard_connect",
        "v1/gateway/connect",
        b'{"device":"lamp-1","type":"lamp"}',
        ("lamp-1", "online", None),
    ),
    "ThingsBoard gone": ("thingsboard_connect", "v1/gateway/disconnect", b'{"device":"a"}', ("a", "offline", None)),
}


@pytest.mark.parametrize(("name", "topic", "payload", "fact"), SAID.values(), ids=SAID.keys())
def test_presence_is_a_fact_once_and_no_measurement(
    name: str, topic: str, payload: bytes, fact: tuple[str, str, str | None]
) -> None:
    host = a_host(name)
    once, again = host.hear(topic, payload), host.hear(topic, payload, is_retained=True)
    assert (facts(once), once.uplinks) == ([fact], ())
    assert again == Decoded()


def test_a_lost_bridge_takes_its_devices_with_it_until_it_is_back() -> None:
    host = a_host("zigbee2mqtt_availability")
    host.hear("zigbee2mqtt/bridge/state", b'{"state":"online"}')
    host.hear("zigbee2mqtt/lamp/availability", b'{"state":"online"}')
    host.hear("zigbee2mqtt/door/availability", b'{"state":"offline"}')
    lost, back = (host.hear("zigbee2mqtt/bridge/state", word) for word in (b"offline", b"online"))
    assert facts(lost) == [("zigbee2mqtt", "offline", None), ("lamp", "offline", "zigbee2mqtt")]
    assert facts(back) == [("zigbee2mqtt", "online", None), ("lamp", "online", "zigbee2mqtt")]


@pytest.mark.parametrize("name", ["tasmota_lwt", "zigbee2mqtt_availability"])
def test_a_topic_that_is_emptied_says_nothing(name: str) -> None:
    assert a_host(name).hear("tele/x/LWT", b"") == Decoded()


WHOLE = {
    "another word": ("tasmota_lwt", "tele/x/LWT", b"Maybe", Reason.WRONG_SHAPE),
    "another topic": ("tasmota_lwt", "tele/x/SENSOR", b"Online", Reason.UNKNOWN_TOPIC),
    "not UTF-8": ("tasmota_lwt", "tele/x/LWT", b"\xff", Reason.INVALID_UTF8),
    "cut short": ("zigbee2mqtt_availability", "zigbee2mqtt/x/availability", b'{"state":', Reason.INVALID_JSON),
    "a number": ("zigbee2mqtt_availability", "zigbee2mqtt/x/availability", b'{"state":1}', Reason.WRONG_SHAPE),
    "no device": ("thingsboard_connect", "v1/gateway/connect", b"{}", Reason.WRONG_SHAPE),
    "a device without a name": ("thingsboard_connect", "v1/gateway/connect", b'{"device":""}', Reason.WRONG_SHAPE),
    "no JSON": ("thingsboard_connect", "v1/gateway/connect", b"lamp", Reason.INVALID_JSON),
    "too large": ("thingsboard_connect", "v1/gateway/connect", b" " * 70_000, Reason.TOO_LARGE),
}


@pytest.mark.parametrize(("name", "topic", "payload", "reason"), WHOLE.values(), ids=WHOLE.keys())
def test_a_message_that_cannot_be_used_has_its_reason(name: str, topic: str, payload: bytes, reason: Reason) -> None:
    with pytest.raises(DecodeError) as caught:
        a_host(name).hear(topic, payload)
    assert caught.value.reason is reason


@pytest.mark.shared_data
def test_the_captured_gateway_connects_and_disconnects() -> None:
    host = a_host("thingsboard_connect")
    captured = (shared_data("payloads") / "thingsboard-gateway" / "captured_tb_mqtt_client.txt").read_text()
    lines = [line.split(" ", 1) for line in captured.splitlines() if "connect" in line.split(" ", 1)[0]]
    said = [host.hear(topic, payload.encode()) for topic, payload in lines]
    assert [facts(decoded) for decoded in said] == [[("lamp-0001", "online", None)], [("lamp-0001", "offline", None)]]
