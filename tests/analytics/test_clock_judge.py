"""The judge of clocks on simulated delays: what is there is told, and nothing else."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.clock.judge import (
    LEAST_S,
    N_LEAST,
    Floats,
    add_edges,
    find_drift,
    find_tail,
    first_of_run,
    judge,
    zone_offsets,
)
from analytics.clock.words import Told, span, tell
from sensors.clock import ClockRule

PARIS = "Europe/Paris"
WINTER_S = datetime(2026, 1, 12, tzinfo=UTC).timestamp()
SUMMER_S = datetime(2026, 7, 6, tzinfo=UTC).timestamp()
FOREVER = 2**63 - 1
seeds = st.integers(0, 2**32 - 1)


def heard(seed: int, n: int = 60, start_s: float = WINTER_S, interval_s: float = 600) -> tuple[Floats, Floats]:
    """Arrival and own time of messages of a clock in order: on their way for up to half a minute."""
    draws = np.random.default_rng(seed)
    own = start_s + interval_s * np.arange(n) + draws.uniform(-5, 5, n)
    return own + draws.uniform(0.2, 30, n), own


def verdict_of(received_s: Floats, own_s: Floats, *rules: ClockRule) -> str:
    judgement = judge(received_s, own_s, PARIS, rules)
    return "nothing" if judgement is None else judgement.verdict


@settings(max_examples=30, deadline=None)
@given(seeds)
def test_a_clock_in_order_is_in_order(seed: int) -> None:
    assert verdict_of(*heard(seed)) == "ok"


@settings(max_examples=60, deadline=None)
@given(seeds, st.integers(-28, 28).filter(bool), st.floats(-60, 60), st.integers(N_LEAST, 40))
def test_a_clock_off_by_half_hours_is_told_since_when(seed: int, steps: int, rest_s: float, n_off: int) -> None:
    """Ahead it is certain, behind only likely; the first message that is off is named, and the newest before it."""
    received, own = heard(seed)
    own[-n_off:] += steps * 1800 + rest_s
    judgement = judge(received, own, PARIS)
    assert judgement is not None
    assert judgement.verdict == ("local_time" if steps == 2 else "hour_off")
    assert judgement.ahead_s == pytest.approx(steps * 1800 + rest_s, abs=40)
    assert judgement.is_certain is (steps > 0)
    assert judgement.since_s == received[-n_off]
    assert (judgement.own_from_s, judgement.own_before_s) == (own[-n_off:].min(), own[:-n_off].max())


def test_local_time_has_the_offset_of_the_season() -> None:
    received, own = heard(1, start_s=SUMMER_S)
    assert verdict_of(received, own + 7200) == "local_time"
    assert verdict_of(received, own + 3600) == "hour_off"


@settings(max_examples=30, deadline=None)
@given(seeds, st.floats(200, 1500), st.booleans())
def test_an_odd_offset_ahead_is_told_but_not_certain(seed: int, ahead_s: float, is_far: bool) -> None:
    received, own = heard(seed)
    judgement = judge(received, own + ahead_s + 365 * 86_400 * is_far, PARIS)
    assert judgement is not None
    assert (judgement.verdict, judgement.is_sharp, judgement.is_certain) == ("ahead", True, False)


@settings(max_examples=60, deadline=None)
@given(seeds, st.integers(1, 50), st.integers(0, 20))
def test_a_late_batch_is_no_fault(seed: int, n_held: int, n_after: int) -> None:
    """What a gateway held back comes at once, or one a minute; then as ever. Never is that a wrong clock."""
    received, own = heard(seed)
    end = received.size - n_after
    held = slice(max(end - n_held, 0), end)
    received[held] = received[end - 1] + np.arange(end - held.start) * float(seed % 60) + 5
    received[end:] = np.maximum(received[end:], received[:end].max() + 1)
    assert verdict_of(np.sort(received), own) in ("ok", "late", "nothing")


@settings(max_examples=30, deadline=None)
@given(seeds, st.floats(1.0, 6 * 3600.0))
def test_a_slow_way_is_not_a_clock_behind(seed: int, slow_s: float) -> None:
    """Who always sends late, or stamps the begin of an hour, was never in order before."""
    received, own = heard(seed)
    assert verdict_of(received + slow_s, own) in ("ok", "late")


def test_too_little_says_nothing() -> None:
    received, own = heard(3, n=N_LEAST - 1)
    assert verdict_of(received, own + 3600) == "nothing"
    received, own = heard(3, n=50, interval_s=10)
    assert received[-1] - received[0] < LEAST_S
    assert verdict_of(received, own + 3600) == "nothing"


def test_a_rule_that_explains_keeps_its_verdict() -> None:
    """A clock an hour ahead in summer is as far ahead as local time in winter: the rule made in summer stands."""
    received, own = heard(4)
    rule = ClockRule(1, 0, FOREVER, -3_600_000_000)
    assert verdict_of(received, own + 3600) == "local_time"
    assert verdict_of(received, own + 3600, rule) == "hour_off"
    assert verdict_of(received, own, rule) == "ok"


def test_local_time_goes_on_over_the_change() -> None:
    change_s = datetime(2026, 3, 29, 1, tzinfo=UTC).timestamp()
    received, own = heard(5, start_s=change_s - 30 * 600)
    rule = ClockRule(1, 0, FOREVER, zone=PARIS)
    own = own + zone_offsets(own, PARIS)
    assert {verdict_of(received[:n], own[:n], rule) for n in range(20, 60)} == {"local_time"}


def test_the_offset_of_a_zone() -> None:
    at = np.array([WINTER_S, SUMMER_S])
    naive = [datetime.fromtimestamp(each, ZoneInfo(PARIS)).utcoffset() for each in at.tolist()]
    assert zone_offsets(at, PARIS).tolist() == [each.total_seconds() for each in naive if each is not None]


def test_a_clock_lost_and_found() -> None:
    received, own = heard(6)
    own[-10:] = np.nan
    judgement = judge(received, own, PARIS)
    assert judgement is not None
    assert (judgement.verdict, judgement.since_s) == ("no_clock", received[-10])
    own[-1] = received[-1]
    assert verdict_of(received, own) == "ok"


@settings(max_examples=100, deadline=None)
@given(st.lists(st.booleans(), min_size=N_LEAST, max_size=40))
def test_first_of_run_against_its_naive_twin(near: list[bool]) -> None:
    """Go back from the end, over single strangers, until two stand side by side."""
    begin = len(near)
    while begin > 0 and not (begin >= 2 and not near[begin - 1] and not near[begin - 2]):
        begin -= 1
    inside = [at for at in range(begin, len(near)) if near[at]]
    expected = inside[0] if inside else len(near) - N_LEAST
    assert first_of_run(np.array(near), len(near) - N_LEAST) == expected


@settings(max_examples=50, deadline=None)
@given(st.lists(st.floats(0.1, 4000), min_size=1, max_size=60))
def test_the_tail_is_the_shortest_that_is_enough(gaps_s: list[float]) -> None:
    received = np.cumsum(gaps_s)
    enough = [
        at for at in range(received.size) if received.size - at >= N_LEAST and received[-1] - received[at] >= LEAST_S
    ]
    assert find_tail(received) == (max(enough) if enough else None)


@settings(max_examples=30, deadline=None)
@given(seeds, st.floats(6, 30), st.booleans())
def test_a_drift_is_measured(seed: int, pace_s: float, loses: bool) -> None:
    received, own = heard(seed, n=144 * 14)
    gain = -pace_s if loses else pace_s
    edges = add_edges((), received, own + gain * (own - own[0]) / 86_400)
    assert find_drift(edges) == pytest.approx(gain, abs=2)


@settings(max_examples=30, deadline=None)
@given(seeds)
def test_a_steady_clock_does_not_drift(seed: int) -> None:
    received, own = heard(seed, n=144 * 14)
    assert find_drift(add_edges((), received, own)) is None
    own[1000:] += 3600
    assert find_drift(add_edges((), received, own)) is None


def test_edges_are_the_least_lag_of_each_day() -> None:
    edges = add_edges(((0, 5.0), (1, 7.0)), np.array([86_400.0, 86_500, 172_800]), np.array([86_397.0, 86_490, np.nan]))
    assert edges == ((0, 5.0), (1, 3.0))


@pytest.mark.parametrize("verdict", ["hour_off", "local_time", "ahead", "drift", "no_clock"])
@pytest.mark.parametrize("correction", ["none", "proposed", "active"])
def test_both_languages_say_who_and_since_when(verdict: str, correction: str) -> None:
    since = datetime(2026, 2, 3, 12, tzinfo=UTC)
    english, french = tell(verdict, Told("School (m-1)", PARIS, 5400, since, correction, 3.5))  # type: ignore[arg-type]
    assert "School (m-1)" in english
    assert "School (m-1)" in french
    assert " To do: " in english
    assert " À faire : " in french
    if verdict != "drift":
        assert "2026-02-03 at 13:00" in english
        assert "03/02/2026 à 13 h 00" in french


@pytest.mark.parametrize(
    ("seconds", "text"), [(5400, "1 h 30 min"), (-3600, "1 h"), (31_536_010, "365 d"), (100, "2 min"), (5, "0 min")]
)
def test_spans(seconds: float, text: str) -> None:
    assert span(seconds) == text
