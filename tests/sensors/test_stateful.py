"""Every format with state: what it must do whatever comes. A new one is tested by being there."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sensors.plausible import AHEAD_US, EARLIEST_US
from sensors.quantity import QUANTITIES
from sensors.rejection import DecodeError, Reason
from sensors.stateful import (
    MAX_RECORDS,
    Decoded,
    Received,
    StatefulFormat,
    apply_changes,
    save,
    start,
    stateful_formats,
)
from tests.sensors.test_formats import ARRIVAL_US, PAYLOADS

EVERY_FORMAT = pytest.mark.parametrize("payload_format", stateful_formats().values(), ids=lambda found: found.name)


def topics_of(payload_format: StatefulFormat) -> st.SearchStrategy[str]:
    """Give topics that the format subscribes to, with a few names, so that messages meet one another's state."""
    levels = st.sampled_from(("a", "b c", "é", "$state", "x" * 140))
    filters = st.sampled_from(payload_format.topic_filters).map(lambda found: found.replace("#", "+/+"))
    return st.builds(
        lambda written, names: "/".join(
            name if level == "+" else level for level, name in zip(written.split("/"), names, strict=False)
        ),
        filters,
        st.lists(levels, min_size=12, max_size=12),
    )


@EVERY_FORMAT
@settings(deadline=None)
@given(data=st.data())
def test_any_stream_raises_only_decode_error_and_leaves_believable_values(
    payload_format: StatefulFormat, data: st.DataObject
) -> None:
    records = start()
    messages = st.builds(
        Received,
        topics_of(payload_format) | st.text(max_size=30),
        PAYLOADS,
        st.just(ARRIVAL_US),
        st.booleans(),
    )
    for received in data.draw(st.lists(messages, max_size=8)):
        before, details, decoded = dict(records), [], Decoded()
        try:
            decoded = payload_format.decode(records, received)
        except DecodeError as error:
            details.append(error.detail)
        assert records == before
        assert all(detail.isprintable() for detail in details)
        apply_changes(records, decoded.changes)
        for uplink in decoded.uplinks:
            assert uplink.n_accepted + uplink.n_rejected > 0
            assert all((part.detail + part.channel + part.quantity).isprintable() for part in uplink.rejected)
            for column in uplink.columns:
                quantity = QUANTITIES[column.quantity]
                assert column.unit == quantity.unit
                assert all(quantity.low <= value <= quantity.high for value in column.values)
                assert all(EARLIEST_US <= time_us <= ARRIVAL_US + AHEAD_US for time_us in column.times_us)
    assert {key: payload_format.load(key, save(record)) for key, record in records.items()} == records


@EVERY_FORMAT
def test_a_format_names_itself_and_its_topics(payload_format: StatefulFormat) -> None:
    assert payload_format.version.startswith(payload_format.name + "/")
    assert payload_format.topic_filters
    assert stateful_formats()[payload_format.name] is payload_format


@EVERY_FORMAT
@settings(deadline=None)
@given(key=st.text(max_size=20), document=st.binary(max_size=40))
def test_a_damaged_record_raises_only_decode_error(payload_format: StatefulFormat, key: str, document: bytes) -> None:
    reasons: list[Reason] = []
    try:
        payload_format.load(key, document)
    except DecodeError as error:
        reasons.append(error.reason)
    assert reasons in ([], [Reason.WRONG_SHAPE])


def test_strangers_do_not_fill_the_memory() -> None:
    sparkplug = stateful_formats()["sparkplug_b"]
    record = sparkplug.load("g/n", b"{}")
    records = dict.fromkeys((f"g/n{index}" for index in range(MAX_RECORDS)), record)
    with pytest.raises(DecodeError) as caught:
        sparkplug.decode(records, Received("spBv1.0/g/NBIRTH/stranger", b"", ARRIVAL_US))
    assert caught.value.reason is Reason.NOT_ALLOWED
