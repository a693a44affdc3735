"""Rejections: every reason can be told to a technician in both languages."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sensors.rejection import DecodeError, Reason, shown


@pytest.mark.parametrize("reason", Reason)
def test_reason_has_a_sentence_in_both_languages(reason: Reason) -> None:
    french, english = reason.sentence("fr"), reason.sentence("en")
    assert re.fullmatch("[a-z][a-z0-9_]*", reason.value)
    assert french != english
    assert french.endswith(".")
    assert english.endswith(".")


def test_sentence_carries_the_facts_that_are_there() -> None:
    text = Reason.OUT_OF_RANGE.sentence("fr", device="lampe-12", detail="912 Cel / -60 … 125")
    assert text.endswith("(lampe-12, 912 Cel / -60 … 125)")


def test_what_can_be_mended_is_not_permanent() -> None:
    assert not Reason.UNKNOWN_DEVICE.permanent
    assert not Reason.UNKNOWN_QUANTITY.permanent
    assert Reason.INVALID_JSON.permanent
    assert Reason.CONFLICTING_VALUE.permanent


def test_decode_error_says_its_reason() -> None:
    error = DecodeError(Reason.TOO_LARGE, "2 MiB")
    assert (error.reason, error.detail, str(error)) == (Reason.TOO_LARGE, "2 MiB", "too_large: 2 MiB")


@given(st.text(max_size=500))
def test_shown_text_can_be_stored_and_printed(text: str) -> None:
    assert shown(text).isprintable()
    assert len(shown(text)) <= 200
    shown(text).encode()
    if text.isprintable() and len(text) <= 200:
        assert shown(text) == text
