"""Homie 5: values by description, retained values that are not new, devices that come and go."""

import json

import pytest

from sensors.formats.homie import STATEFUL_FORMAT
from sensors.rejection import DecodeError, Reason
from sensors.stateful import Decoded, Liveness
from tests.support.sparkplug import NOW_US, Host, values_of

DESCRIPTION = {
    "homie": "5.0",
    "version": 7,
    "root": "bridge-1",
    "nodes": {
        "room": {
            "properties": {
                "temperature": {"datatype": "float", "unit": "°F"},
                "humidity": {"datatype": "integer", "unit": "%"},
                "people-present": {"datatype": "integer", "unit": "#"},
                "window": {"datatype": "boolean"},
                "occupancy": {"datatype": "enum", "format": "free,occupied"},
                "label": {"datatype": "string"},
                "hue": {"datatype": "float"},
            }
        }
    },
}


def a_host() -> Host:
    """Give a host that heard the retained description of `office`."""
    host = Host(STATEFUL_FORMAT)
    host.hear("homie/5/office/$description", json.dumps(DESCRIPTION).encode(), is_retained=True)
    return host


def say(host: Host, path: str, payload: bytes, *, is_retained: bool = False) -> Decoded:
    """Let a property or attribute of `office` arrive."""
    return host.hear(f"homie/5/office/{path}", payload, is_retained=is_retained)


VALUES = {
    "room/temperature": (b"68.0", {"office room/temperature": [pytest.approx(20.0)]}),
    "room/humidity": (b"41", {"office room/relative_humidity": [41.0]}),
    "room/people-present": (b"3", {"office room/people_present": [3.0]}),
    "room/window": (b"true", {"office room/window": [1.0]}),
    "room/occupancy": (b"occupied", {"office room/occupancy": [1.0]}),
}


@pytest.mark.parametrize(("path", "payload", "expected"), [(path, *rest) for path, rest in VALUES.items()])
def test_values_are_read_by_their_description(path: str, payload: bytes, expected: dict[str, list[float]]) -> None:
    decoded = say(a_host(), path, payload)
    assert values_of(decoded) == expected
    assert [(u.clock, u.gateway, list(u.columns[0].times_us)) for u in decoded.uplinks] == [
        ("arrival", "bridge-1", [NOW_US])
    ]


def test_a_retained_value_that_arrives_again_is_no_measurement() -> None:
    assert say(a_host(), "room/temperature", b"68.0", is_retained=True) == Decoded()


@pytest.mark.parametrize("path", ["room/temperature/$target", "room/temperature/set", "$log/warn", "$alert/battery"])
def test_targets_commands_and_remarks_are_no_measurements(path: str) -> None:
    assert say(a_host(), path, b"68.0") == Decoded()


REFUSED = {
    "no number": ("room/temperature", b"warm", Reason.NOT_A_NUMBER),
    "the empty text": ("room/temperature", b"\x00", Reason.NOT_A_NUMBER),
    "half a person": ("room/people-present", b"0.5", Reason.NOT_A_NUMBER),
    "infinite": ("room/temperature", b"inf", Reason.NOT_A_NUMBER),
    "beyond a double": ("room/temperature", b"1e999", Reason.NOT_FINITE),
    "too hot": ("room/temperature", b"6800", Reason.OUT_OF_RANGE),
    "no such code": ("room/occupancy", b"full", Reason.OUT_OF_RANGE),
    "True": ("room/window", b"True", Reason.NOT_A_NUMBER),
    "a text": ("room/label", b"Nord", Reason.WRONG_SHAPE),
    "an unknown quantity": ("room/hue", b"0.5", Reason.UNKNOWN_QUANTITY),
    "not described": ("room/voltage", b"230", Reason.UNKNOWN_QUANTITY),
}


@pytest.mark.parametrize(("path", "payload", "reason"), REFUSED.values(), ids=REFUSED.keys())
def test_a_value_that_cannot_be_used_has_its_reason(path: str, payload: bytes, reason: Reason) -> None:
    decoded = say(a_host(), path, payload)
    assert [part.reason for uplink in decoded.uplinks for part in uplink.rejected] == [reason]
    assert values_of(decoded) == {}


WHOLE = {
    "no JSON": ("homie/5/office/$description", b"{", Reason.INVALID_JSON),
    "nodes as a list": ("homie/5/office/$description", b'{"nodes": []}', Reason.WRONG_SHAPE),
    "no such state": ("homie/5/office/$state", b"happy", Reason.WRONG_SHAPE),
    "not UTF-8": ("homie/5/office/room/temperature", b"\xff", Reason.INVALID_UTF8),
    "another version": ("homie/4/office/room/temperature", b"1", Reason.UNKNOWN_TOPIC),
    "a capital in an id": ("homie/5/Office/room/temperature", b"1", Reason.UNKNOWN_TOPIC),
    "too large": ("homie/5/office/room/temperature", b"1" * 1_048_577, Reason.TOO_LARGE),
}


@pytest.mark.parametrize(("topic", "payload", "reason"), WHOLE.values(), ids=WHOLE.keys())
def test_a_message_that_cannot_be_used_has_its_reason(topic: str, payload: bytes, reason: Reason) -> None:
    host = a_host()
    with pytest.raises(DecodeError) as caught:
        host.hear(topic, payload)
    assert caught.value.reason is reason


def facts(decoded: Decoded) -> list[tuple[str, str, str | None]]:
    """Give device, presence and the gateway with which it went."""
    return [(fact.device, fact.presence, fact.through) for fact in decoded.liveness]


def test_only_a_change_of_state_is_a_fact() -> None:
    host = a_host()
    states = [(b"init", False), (b"ready", False), (b"ready", True), (b"sleeping", False), (b"lost", False)]
    said = [say(host, "$state", state, is_retained=is_retained) for state, is_retained in states]
    assert [facts(decoded) for decoded in said] == [
        [],
        [("office", "online", None)],
        [],
        [],
        [("office", "offline", None)],
    ]


def test_a_lost_root_takes_its_children_with_it_until_it_is_back() -> None:
    host = a_host()
    host.hear("homie/5/bridge-1/$state", b"ready")
    say(host, "$state", b"ready")
    lost, back = (host.hear("homie/5/bridge-1/$state", state) for state in (b"lost", b"ready"))
    assert facts(lost) == [("bridge-1", "offline", None), ("office", "offline", "bridge-1")]
    assert facts(back) == [("bridge-1", "online", None), ("office", "online", "bridge-1")]


@pytest.mark.parametrize("is_described_first", [True, False])
def test_a_child_of_a_lost_root_is_not_online(is_described_first: bool) -> None:
    """Retained messages come in any order."""
    host = Host(STATEFUL_FORMAT)
    host.hear("homie/5/bridge-1/$state", b"lost", is_retained=True)
    pair = [("$description", json.dumps(DESCRIPTION).encode()), ("$state", b"ready")]
    said = [say(host, *each, is_retained=True) for each in (pair if is_described_first else reversed(pair))]
    assert [fact for decoded in said for fact in facts(decoded)][-1:] != [("office", "online", None)]


def test_a_device_that_is_taken_away_is_forgotten() -> None:
    host = a_host()
    say(host, "$state", b"ready")
    assert say(host, "$description", b"").liveness == (Liveness("office", "offline", NOW_US),)
    assert host.records == {}
