"""Observations over MQTT as they are read before their series is known."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sensors.client_observation import FIRST_NUMBER, ClientObservation
from sensors.observation import OBSERVATIONS, TOPIC_FILTERS, observation_topic, read_for_client
from sensors.rejection import DecodeError, Reason
from store.sensorthings.model import OWN

NOW_US = 1_780_000_000_000_000
TOPIC = "v1.1/Datastreams(12)/Observations"


def test_an_observation_names_its_series() -> None:
    for topic in (TOPIC, f"sensorthings/{TOPIC}"):
        (uplink,) = OBSERVATIONS.decode(topic, b'{"result": 4, "phenomenonTime": "2026-05-01T10:00:00Z"}', NOW_US)
        (column,) = uplink.columns
        assert (uplink.device, uplink.clock) == ("12", "device")
        assert (list(column.times_us), list(column.values)) == ([1_777_629_600_000_000], [4.0])
    assert observation_topic(12) == TOPIC
    assert TOPIC_FILTERS[0] == TOPIC.replace("Datastreams(12)", "+")


def test_without_a_time_it_is_of_its_arrival() -> None:
    (uplink,) = OBSERVATIONS.decode(TOPIC, b'{"result": 4, "@iot.id": 3, "validTime": null}', NOW_US)
    assert (uplink.clock, list(uplink.columns[0].times_us)) == ("arrival", [NOW_US])


@pytest.mark.parametrize(
    ("payload", "reason"),
    [
        (b"", Reason.INVALID_JSON),
        (b"\xff", Reason.INVALID_JSON),
        (b"[1]", Reason.WRONG_SHAPE),
        (b'{"result": 1, "Datastream": {"@iot.id": 5}}', Reason.WRONG_SHAPE),
        (b'{"phenomenonTime": "2026-05-01T10:00:00Z"}', Reason.NO_VALUE),
        (b'{"result": true}', Reason.NOT_A_NUMBER),
        (b'{"result": "4"}', Reason.NOT_A_NUMBER),
        (b'{"result": 1, "phenomenonTime": 5}', Reason.TIME_INVALID),
        (b'{"result": 1, "phenomenonTime": "2026-05-01T10:00:00"}', Reason.TIME_INVALID),
        (b" " * 65_537, Reason.TOO_LARGE),
    ],
)
def test_what_is_no_observation_is_refused_with_its_cause(payload: bytes, reason: Reason) -> None:
    with pytest.raises(DecodeError) as caught:
        OBSERVATIONS.decode(TOPIC, payload, NOW_US)
    assert caught.value.reason is reason


def test_an_observation_for_a_datastream_of_a_client_may_say_all_that_the_standard_knows() -> None:
    topic = f"v1.1/Datastreams({FIRST_NUMBER})/Observations"
    assert FIRST_NUMBER == OWN
    payload = (
        b'{"result": null, "phenomenonTime": "2026-05-01T10:00:00Z/2026-05-01T11:00:00Z", "resultQuality": "good",'
        b' "validTime": "2026-05-01T10:00:00Z", "parameters": {"a": 1}, "FeatureOfInterest": {"@iot.id": 8589934599}}'
    )
    assert OBSERVATIONS.decode(topic, payload, NOW_US) == ()
    at_us = 1_777_629_600_000_000
    assert read_for_client(topic, payload, NOW_US) == ClientObservation(
        *(FIRST_NUMBER, (at_us, at_us + 3_600_000_000), None, None, "good", (at_us, None), {"a": 1}, 8_589_934_599)
    )
    assert read_for_client(TOPIC, b'{"result": 1}', NOW_US) is None
    late = read_for_client(topic, b'{"result": 1}', NOW_US)
    assert late is not None
    assert (late.phenomenon, late.is_of_arrival) == ((NOW_US, None), True)


@pytest.mark.parametrize(
    "entity",
    [
        *(
            "{}",
            '{"result": 1, "Datastream": {}}',
            '{"result": 1, "resultTime": "2026-01-01T00:00:00Z/2026-01-02T00:00:00Z"}',
        ),
        *(
            '{"result": 1, "phenomenonTime": 5}',
            '{"result": 1, "phenomenonTime": "a/b/c"}',
            '{"result": 1, "parameters": [1]}',
        ),
        *('{"result": 1, "FeatureOfInterest": 5}', '{"result": 1, "FeatureOfInterest": {"@iot.id": 5}}'),
        *('{"result": 1, "FeatureOfInterest": {"@iot.id": true}}', '{"result": 1, "FeatureOfInterest": {"name": "n"}}'),
    ],
)
def test_what_is_unfit_for_a_datastream_of_a_client_is_refused(entity: str) -> None:
    with pytest.raises(DecodeError):
        OBSERVATIONS.decode(f"v1.1/Datastreams({FIRST_NUMBER})/Observations", entity.encode(), NOW_US)


@given(topic=st.one_of(st.just(TOPIC), st.text(max_size=40)), payload=st.binary(max_size=60))
def test_any_bytes_are_read_or_refused(topic: str, payload: bytes) -> None:
    try:
        (uplink,) = OBSERVATIONS.decode(topic, payload, NOW_US)
    except DecodeError:
        return
    assert uplink.device == "12"
