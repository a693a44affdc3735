"""Receipts: what is written is read again, and none can be led astray by its response topic."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sensors.receipt import Receipt, ReceiptRejection, decode_receipts, encode_receipts, receipt_topic
from sensors.rejection import DecodeError, Reason

COUNTS = st.integers(0, 10**9)
REJECTIONS = st.builds(ReceiptRejection, st.sampled_from(Reason), COUNTS, st.text(st.characters(codec="utf-8")))
RECEIPTS = st.builds(
    Receipt,
    st.none() | st.text(st.characters(codec="utf-8")),
    COUNTS,
    COUNTS,
    st.lists(REJECTIONS, max_size=3).map(tuple),
)


@given(st.lists(RECEIPTS, max_size=4).map(tuple))
def test_receipts_are_read_again(receipts: tuple[Receipt, ...]) -> None:
    assert decode_receipts(encode_receipts(receipts)) == receipts


def test_the_document_is_as_documented() -> None:
    rejected = (ReceiptRejection(Reason.OUT_OF_RANGE, 1, "912 Cel"),)
    assert encode_receipts((Receipt("gw7-1", stored=3, rejected=rejected),)) == (
        b'{"receipts":[{"id":"gw7-1","stored":3,"rejected":[{"reason":"out_of_range","n":1,"detail":"912 Cel"}]}]}'
    )


@given(st.binary(max_size=60) | st.text(max_size=60).map(str.encode))
def test_decoding_anything_raises_only_decode_error(payload: bytes) -> None:
    with suppress(DecodeError):
        assert all(type(receipt) is Receipt for receipt in decode_receipts(payload))


@pytest.mark.parametrize(
    ("payload", "reason"),
    [
        (b"", Reason.INVALID_JSON),
        (b"{}", Reason.WRONG_SHAPE),
        (b'{"receipts":[{"id":3}]}', Reason.WRONG_SHAPE),
        (b'{"receipts":[{"id":"\xff"}]}', Reason.INVALID_UTF8),
        (b'{"receipts":[{"x":' + b"[" * 100_000, Reason.INVALID_JSON),
    ],
)
def test_a_document_that_is_none_has_its_reason(payload: bytes, reason: Reason) -> None:
    with pytest.raises(DecodeError) as caught:
        decode_receipts(payload)
    assert caught.value.reason is reason


@pytest.mark.parametrize(
    ("response_topic", "expected"),
    [
        (None, "vigie/dole/gw7/receipts"),
        ("", "vigie/dole/gw7/receipts"),
        ("vigie/dole/gw7/answers", "vigie/dole/gw7/answers"),
        ("vigie/besancon/gw7/answers", "vigie/dole/gw7/receipts"),
        ("vigie/dole/lamp-1/up", "vigie/dole/gw7/receipts"),
        ("vigie/dole/+/answers", "vigie/dole/gw7/receipts"),
        ("vigie/dole/#", "vigie/dole/gw7/receipts"),
        ("vigie/dole/gw7/\x00", "vigie/dole/gw7/receipts"),
        ("elsewhere", "vigie/dole/gw7/receipts"),
    ],
)
def test_receipts_stay_inside_the_senders_territory(response_topic: str | None, expected: str) -> None:
    assert receipt_topic("dole", "gw7", response_topic) == expected
