"""Where a posted message would have come on a broker, and its outcome in one word."""

import pytest

from ingest.source import is_match
from sensors.formats import formats
from sensors.posting import NAMES_ITS_DEVICES, Post, PostOutcome, Refused, needs_device, topic_of
from sensors.rejection import DecodeError, Reason

TEMPLATED = {"chirpstack", "chirpstack_protobuf", "thingsboard_gateway"}  # their topics name no device


@pytest.mark.parametrize("name", sorted(formats()))
def test_topic_of_every_format_is_one_it_subscribes_to_and_names_the_device(name: str) -> None:
    post = Post("dijon", formats()[name], b"", "dev-1")
    topic = topic_of(post)
    if not name.startswith("chirpstack"):
        assert is_match(formats()[name].topic_filter, topic)
    assert ("dev-1" in topic) == (name not in TEMPLATED)


@pytest.mark.parametrize("name", sorted(formats()))
def test_every_format_understands_its_topic(name: str) -> None:
    """Garbage on the topic is refused for what it is, never because of the topic."""
    topic = topic_of(Post("dijon", formats()[name], b"", "dev-1" if needs_device(name) else None))
    with pytest.raises(DecodeError) as caught:
        formats()[name].decode(topic, b"\xff{", 1_780_000_000_000_000)
    assert caught.value.reason is not Reason.UNKNOWN_TOPIC


def test_formats_that_name_their_devices_exist() -> None:
    assert set(formats()) >= NAMES_ITS_DEVICES


@pytest.mark.parametrize(
    ("outcome", "status"),
    [
        (PostOutcome(2, 0), "stored"),
        (PostOutcome(1, 1), "stored"),
        (PostOutcome(0, 1), "duplicate"),
        (PostOutcome(0, 0), "empty"),
        (PostOutcome(0, 0, (Refused(Reason.NO_VALUE, 1),)), "rejected"),
        (PostOutcome(0, 1, (Refused(Reason.NO_VALUE, 1),)), "partly_rejected"),
    ],
)
def test_status_says_the_outcome(outcome: PostOutcome, status: str) -> None:
    assert outcome.status == status
