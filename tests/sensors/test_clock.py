"""Rules for clocks: the same message lands on the same instant again, and a clock that is right is left alone."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from sensors.clock import FITS_US, ClockRule, correct_times
from sensors.formats.native import NativeFormat
from sensors.instant import SECOND_US, instant_text, read_instant_us
from sensors.local_time import civil_of_us, civil_to_us
from sensors.measurement import Uplink
from sensors.rejection import DecodeError, Reason

HOUR_US = 3600 * SECOND_US
PARIS = "Europe/Paris"
FOREVER = 2**63 - 1
TOPIC = "vigie/town/d/up"


def us(text: str) -> int:
    return read_instant_us(f"{text}Z")


def fixed(rules: list[ClockRule], own: str, received: str) -> str | None:
    """The true time of a message's only own time; None where it stays."""
    (found,) = correct_times(rules, [us(own)], us(own), us(received))
    if found is None:
        return None
    return "none" if found.time_us is None else instant_text(found.time_us).removesuffix("Z")


AHEAD = ClockRule(1, us("2026-03-01T11:00:00"), us("2026-03-01T21:00:00"), -HOUR_US)


@pytest.mark.parametrize(
    ("own", "received", "expected"),
    [
        ("2026-03-01T11:00:00", "2026-03-01T10:00:02", "2026-03-01T10:00:00"),
        ("2026-03-01T11:00:00", "2026-03-01T10:40:00", "2026-03-01T10:00:00"),  # the same again, later
        ("2026-03-01T11:00:00", "2026-03-03T10:00:00", "2026-03-01T10:00:00"),
        ("2026-03-01T10:59:59", "2026-03-01T09:59:59", None),  # before it went wrong
        ("2026-03-01T21:00:00", "2026-03-01T20:00:00", None),  # after it was set right
        ("2026-03-01T20:30:00", "2026-03-01T20:30:04", None),  # it fits its arrival: the clock is right again
    ],
)
def test_a_shift_holds_for_a_span_of_the_devices_own_time(own: str, received: str, expected: str | None) -> None:
    assert fixed([AHEAD], own, received) == expected


@given(st.integers(0, 10 * 3600), st.integers(0, 10 * 86_400), st.integers(0, 10 * 86_400))
def test_a_redelivery_lands_on_the_same_instant(at_s: int, first_s: int, again_s: int) -> None:
    """Whenever a message comes: unless its own time happens to fit that arrival, it is corrected to one instant."""
    own_us = AHEAD.from_us + at_s * SECOND_US
    arrivals = [own_us - HOUR_US + delay_s * SECOND_US for delay_s in (first_s, again_s)]
    assume(all(abs(arrival - own_us) > FITS_US for arrival in arrivals) and own_us < AHEAD.to_us)
    assert len({str(correct_times([AHEAD], [own_us], own_us, arrival)) for arrival in arrivals}) == 1


def test_values_of_one_message_each_take_their_own_rule() -> None:
    rules = [AHEAD, ClockRule(2, us("2026-03-01T21:00:00"), FOREVER, -2 * HOUR_US)]
    own = [us("2026-03-01T10:30:00"), us("2026-03-01T12:00:00"), us("2026-03-01T22:00:00")]
    found = correct_times(rules, own, own[-1], us("2026-03-01T20:00:01"))
    assert [one and one.rule_id for one in found] == [None, 1, 2]
    assert [one.time_us for one in found if one] == [us("2026-03-01T11:00:00"), us("2026-03-01T20:00:00")]


LOCAL = ClockRule(3, us("2026-01-01T00:00:00"), FOREVER, zone=PARIS)


@pytest.mark.parametrize(
    ("own", "received", "expected"),
    [
        ("2026-02-01T13:00:00", "2026-02-01T12:00:01", "2026-02-01T12:00:00"),
        ("2026-07-01T14:00:00", "2026-07-01T12:00:01", "2026-07-01T12:00:00"),
        ("2026-03-29T01:59:00", "2026-03-29T00:59:01", "2026-03-29T00:59:00"),
        ("2026-03-29T02:30:00", "2026-03-29T00:30:01", "none"),  # spring skips it
        ("2026-03-29T03:00:00", "2026-03-29T01:00:01", "2026-03-29T01:00:00"),
        ("2026-10-25T02:30:00", "2026-10-25T00:30:02", "2026-10-25T00:30:00"),  # autumn has it twice
        ("2026-10-25T02:30:00", "2026-10-25T01:30:02", "2026-10-25T01:30:00"),
        ("2026-10-25T03:00:00", "2026-10-25T02:00:01", "2026-10-25T02:00:00"),
    ],
)
def test_local_time_written_as_utc_over_both_changes(own: str, received: str, expected: str) -> None:
    assert fixed([LOCAL], own, received) == expected


@given(st.datetimes(datetime(2000, 1, 1), datetime(2037, 1, 1)), st.sampled_from([PARIS, "America/Martinique"]))  # noqa: DTZ001
def test_civil_time_is_read_as_what_a_clock_there_shows(at: datetime, zone: str) -> None:
    """Naive twin: an instant at which a clock in the zone shows that time; where there is none it is refused."""
    minutes = [at + timedelta(minutes=shift) for shift in range(-15 * 60, 15 * 60 + 1, 30)]
    shown = [
        aware
        for aware in (each.replace(tzinfo=UTC) for each in minutes)
        if aware.astimezone(ZoneInfo(zone)).replace(tzinfo=None) == at
    ]
    received = at.replace(tzinfo=UTC)
    received_us = read_instant_us(received)
    if not shown:
        with pytest.raises(DecodeError) as caught:
            civil_to_us(at, zone, received_us)
        assert caught.value.reason is Reason.TIME_INVALID
        return
    nearest = min(shown, key=lambda aware: abs(aware - received))
    assert civil_to_us(at, zone, received_us) == read_instant_us(nearest)


@given(st.integers(0, 4_000_000_000_000_000))
def test_what_a_clock_set_to_utc_shows(instant_us: int) -> None:
    assert civil_to_us(civil_of_us(instant_us), "UTC", 0) == instant_us


def native(at: str, zone: str | None = PARIS, received: str = "2026-03-01T12:00:01") -> Uplink:
    payload = b'{"at":%s,"values":{"voltage":[230,231]}}' % at.encode()
    if not at.startswith("["):
        payload = b'{"at":%s,"values":{"voltage":230}}' % at.encode()
    (uplink,) = NativeFormat(zone).decode(TOPIC, payload, us(received))
    return uplink


def test_a_native_time_without_offset_is_local_and_marked() -> None:
    uplink = native('"2026-03-01T13:00:00"')
    assert (uplink.clock, uplink.columns[0].times_us) == ("local", [us("2026-03-01T12:00:00")])


def test_one_time_without_offset_marks_the_message() -> None:
    uplink = native('["2026-03-01T11:59:00Z","2026-03-01T13:00:00"]')
    assert uplink.clock == "local"
    assert list(uplink.columns[0].times_us) == [us("2026-03-01T11:59:00"), us("2026-03-01T12:00:00")]


@pytest.mark.parametrize(("at", "zone"), [('"2026-03-29T02:30:00"', PARIS), ('"2026-03-01T13:00:00"', None)])
def test_a_local_time_that_does_not_exist_or_has_no_zone_is_refused(at: str, zone: str | None) -> None:
    uplink = native(at, zone, "2026-03-29T01:00:00")
    assert [part.reason for part in uplink.rejected] == [Reason.TIME_INVALID]
    assert uplink.columns == ()


def test_a_native_time_with_offset_is_the_devices() -> None:
    assert native('"2026-03-01T13:00:00+01:00"').clock == "device"
    assert native("null").clock == "arrival"
