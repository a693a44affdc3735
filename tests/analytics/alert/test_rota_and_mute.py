"""Who is on call and what waits, as functions of the instant; changes of summer time included."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.alert.mute import release_at
from analytics.alert.rota import order_of_call
from sensors.severity import SEVERITIES, Severity
from store.alerts import Mute, Rule

PARIS = "Europe/Paris"
NIGHT = Mute(time(22), time(7), "urgent")
instants = st.integers(0, 2 * 365 * 1440).map(
    lambda minute: datetime(2025, 1, 1, tzinfo=UTC) + timedelta(minutes=minute)
)


def a_rota(*channels: int, days: int = 7) -> Rule:
    made_at = datetime(2026, 1, 1, tzinfo=UTC)
    return Rule(1, (), "info", 15, made_at, channels, date(2026, 3, 23), time(8), days, PARIS)  # a Monday


@pytest.mark.parametrize(
    ("local", "expected"),
    [
        ("2026-01-05T12:00", (1, 2, 3)),  # before the first turn: the first
        ("2026-03-23T08:00", (1, 2, 3)),
        ("2026-03-30T07:59", (1, 2, 3)),  # the clock went forward the night before
        ("2026-03-30T08:00", (2, 3, 1)),
        ("2026-04-13T09:00", (1, 2, 3)),
        ("2026-10-26T07:59", (1, 2, 3)),
        ("2026-10-26T08:00", (2, 3, 1)),
    ],
)
def test_turns_are_handed_over_at_the_local_time(local: str, expected: tuple[int, ...]) -> None:
    at = datetime.fromisoformat(local).replace(tzinfo=ZoneInfo(PARIS)).astimezone(UTC)
    assert tuple(order_of_call(a_rota(1, 2, 3), at)) == expected


@given(instants, st.integers(1, 5), st.integers(1, 20))
def test_everybody_is_on_the_list_once(now: datetime, n: int, days: int) -> None:
    assert sorted(order_of_call(a_rota(*range(n), days=days), now)) == list(range(n))


def test_a_rule_without_a_rota_tells_its_channel() -> None:
    rule = Rule(1, (), "info", None, datetime(2026, 1, 1, tzinfo=UTC), (7,), None, None, None, None)
    assert tuple(order_of_call(rule, datetime(2026, 5, 1, tzinfo=UTC))) == (7,)


@pytest.mark.parametrize(
    ("local", "severity", "expected"),
    [
        ("2026-05-01T21:59", "warning", "2026-05-01T21:59"),
        ("2026-05-01T22:00", "warning", "2026-05-02T07:00"),
        ("2026-05-02T03:00", "info", "2026-05-02T07:00"),
        ("2026-05-02T03:00", "urgent", "2026-05-02T03:00"),
        ("2026-05-02T07:00", "info", "2026-05-02T07:00"),
        ("2026-03-29T01:30", "warning", "2026-03-29T07:00"),  # the night has an hour less
        ("2026-10-24T23:30", "warning", "2026-10-25T07:00"),
    ],
)
def test_what_does_not_press_waits_for_the_morning(local: str, severity: Severity, expected: str) -> None:
    zone = ZoneInfo(PARIS)
    now = datetime.fromisoformat(local).replace(tzinfo=zone).astimezone(UTC)
    released = release_at([NIGHT], severity, PARIS, now)
    assert released.astimezone(zone).replace(tzinfo=None) == datetime.fromisoformat(expected)


def test_a_mute_that_ends_in_another_waits_for_both() -> None:
    siesta = Mute(time(6), time(9), "critical")
    now = datetime(2026, 5, 1, 23, tzinfo=ZoneInfo(PARIS))
    assert release_at([NIGHT, siesta], "warning", PARIS, now) == datetime(2026, 5, 2, 9, tzinfo=ZoneInfo(PARIS))


@given(instants, st.lists(st.builds(Mute, st.times(), st.times(), st.sampled_from(SEVERITIES)), max_size=4))
def test_nothing_waits_for_ever_and_what_is_worst_never(now: datetime, mutes: list[Mute]) -> None:
    """A message is never released before now, and a mute that is loud from `info` on holds nothing back."""
    released = release_at(mutes, "warning", PARIS, now)
    assert now <= released <= now + timedelta(days=2 * len(mutes))
    assert release_at([Mute(one.begins, one.ends, "info") for one in mutes], "info", PARIS, now) == now
