"""Topics: a territory and a device are read from the topics that were made of them, and from nothing else."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sensors.rejection import DecodeError, Reason
from sensors.topic import DEVICE_PATTERN, TERRITORY_PATTERN, Address, is_device_id, read_uplink_topic, uplink_topic


@given(st.from_regex(TERRITORY_PATTERN, fullmatch=True), st.from_regex(DEVICE_PATTERN, fullmatch=True))
def test_topic_is_read_again(territory: str, device: str) -> None:
    assert read_uplink_topic(uplink_topic(territory, device)) == Address(territory, device)
    assert is_device_id(device)


@pytest.mark.parametrize(
    "topic",
    [
        "",
        "vigie/dole/lamp-1",
        "vigie/dole/lamp-1/down",
        "vigie/dole/lamp-1/up/",
        "vigie/dole/lamp-1/up\n",
        "vigie/Dole/lamp-1/up",
        "vigie/dole//up",
        "vigie/dole/a/b/up",
        "vigie/dole/lampé/up",
        "other/dole/lamp-1/up",
        "vigie/dole/" + "x" * 129 + "/up",
        "vigie/dole/" + "x" * 60000 + "/up",
    ],
)
def test_any_other_topic_is_unknown(topic: str) -> None:
    with pytest.raises(DecodeError) as caught:
        read_uplink_topic(topic)
    assert caught.value.reason is Reason.UNKNOWN_TOPIC
