"""Checks of new sensors: what passes, what fails, and what is said to be not known."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from analytics.acceptance.checks import checks
from analytics.acceptance.looking import overall
from store.acceptance import Hourly, Watch, WatchedDevice, WatchedSeries

BEGIN = datetime(2026, 5, 1, tzinfo=UTC)
HOURS = [BEGIN + timedelta(hours=n) for n in range(14 * 24)]
TOWN = tuple((5.0 + 0.01 * n, 47.5 + 0.005 * n) for n in range(10))


def daily(level: float, swing: float = 5.0) -> Hourly:
    """A value that goes up and down with the day."""
    return {hour: level + swing * abs(12 - hour.hour) / 12 for hour in HOURS}


def a_series(means: Hourly, quantity: str = "active_power", low: float = -1e6, high: float = 1e6) -> WatchedSeries:
    values = list(means.values())
    return WatchedSeries(
        "", quantity, "Puissance", "Power", "W", "gauge", low, high, len(values), min(values), max(values), means
    )


GOOD = WatchedDevice(
    1, "dev-1", "Dev 1", "m", "Lamp 1", "street_light", 5.03, 47.51, 3600, "ok", 330, 6, 1000, 0, 335, 3601.0,
    (a_series(daily(40)),),
)  # fmt: skip
PEERS = tuple(daily(40 + 0.5 * n) for n in range(-4, 5))
WATCH = Watch(BEGIN, HOURS[-1], (GOOD,), TOWN, {("active_power", "street_light"): PEERS})


def told(name: str, device: WatchedDevice = GOOD, watch: Watch = WATCH) -> str:
    outcome = checks()[name].judge(device, watch)
    assert outcome.sentence_fr
    assert outcome.sentence_en != outcome.sentence_fr
    return outcome.result


def with_battery(first: float, last: float) -> WatchedDevice:
    step = (first - last) / (len(HOURS) - 1)
    levels = {hour: first - step * n for n, hour in enumerate(HOURS)}
    return replace(GOOD, series=(a_series(levels, "battery_level", 0, 100),))


def saying(means: Hourly) -> WatchedDevice:
    return replace(GOOD, series=(a_series(means),))


@pytest.mark.parametrize("name", [name for name in checks() if name != "battery"])
def test_a_good_device_passes(name: str) -> None:
    assert told(name) == "pass"


@pytest.mark.parametrize("name", list(checks()))
def test_of_a_device_that_never_spoke_and_declares_nothing_nothing_passes(name: str) -> None:
    """Not known is not passed, and no check fails over what is absent."""
    mute = WatchedDevice(1, "d", "d", None, None, None, None, None, None, None, 0, 0, 0, 0)
    assert told(name, mute, Watch(BEGIN, BEGIN, (mute,), (), {})) in ("unknown", "fail")


@pytest.mark.parametrize("check", list(checks().values()), ids=list(checks()))
def test_every_check_says_where_its_limits_come_from(check: object) -> None:
    assert len(getattr(check, "source", "")) > 20


@pytest.mark.parametrize(
    ("place", "result"),
    [((0.0, 0.0), "fail"), ((2.35, 48.85), "fail"), ((5.12, 47.56), "pass"), ((None, None), "unknown")],
    ids=["never set", "in another region", "at the edge", "none"],
)
def test_position(place: tuple[float | None, float | None], result: str) -> None:
    assert told("position", replace(GOOD, longitude=place[0], latitude=place[1])) == result


def test_position_without_asset_fails_and_without_town_is_not_known() -> None:
    assert told("position", replace(GOOD, asset_name=None)) == "fail"
    assert told("position", GOOD, replace(WATCH, ground=TOWN[:4])) == "unknown"


def test_watts_sent_as_kilowatts_and_the_other_way_round_are_found() -> None:
    assert told("unit", saying(daily(0.04, 0.005))) == "fail"
    assert told("unit", saying(daily(40_000, 5000))) == "fail"
    assert told("unit", saying(daily(60))) == "pass"
    assert told("unit", saying(daily(700))) == "unknown"


def test_unit_without_peers_is_not_known_and_the_impossible_fails() -> None:
    alone = replace(WATCH, peers={})
    assert told("unit", GOOD, alone) == "unknown"
    assert told("unit", replace(GOOD, series=(a_series(daily(40), high=41),)), alone) == "fail"


@pytest.mark.parametrize(
    ("interval_s", "pause_s", "result"),
    [(3600, 3601, "pass"), (3600, 900, "fail"), (900, 3600, "fail"), (None, 3600, "unknown"), (3600, None, "unknown")],
)
def test_rhythm(interval_s: int | None, pause_s: float | None, result: str) -> None:
    assert told("rhythm", replace(GOOD, interval_s=interval_s, pause_s=pause_s)) == result


@pytest.mark.parametrize(
    ("n_heard", "n_missing", "result"), [(330, 6, "pass"), (300, 36, "fail"), (0, 336, "fail"), (10, 0, "unknown")]
)
def test_completeness(n_heard: int, n_missing: int, result: str) -> None:
    assert told("completeness", replace(GOOD, n_heard=n_heard, n_missing=n_missing)) == result


@pytest.mark.parametrize(
    ("first", "last", "result"), [(100, 99, "pass"), (100, 85, "fail"), (70, 70, "fail"), (95, 94, "pass")]
)
def test_battery(first: float, last: float, result: str) -> None:
    assert told("battery", with_battery(first, last)) == result


def test_battery_that_is_not_told_or_watched_too_shortly_is_not_known() -> None:
    assert told("battery") == "unknown"
    short = {hour: 100.0 for hour in HOURS[:48]}
    assert told("battery", replace(GOOD, series=(a_series(short, "battery_level"),))) == "unknown"


def test_plausibility() -> None:
    assert told("plausibility", replace(GOOD, n_rejected=50)) == "fail"
    assert told("plausibility", replace(GOOD, n_stored=5)) == "unknown"
    assert told("plausibility", saying({hour: 20.0 for hour in HOURS})) == "unknown"


@pytest.mark.parametrize(("level", "result"), [(41, "pass"), (48, "unknown"), (60, "fail"), (20, "fail")])
def test_agreement_with_peers(level: float, result: str) -> None:
    assert told("peers", saying(daily(level))) == result


def test_few_peers_or_hours_are_not_enough() -> None:
    few = replace(WATCH, peers={("active_power", "street_light"): PEERS[:4]})
    assert told("peers", GOOD, few) == "unknown"
    assert told("peers", saying({hour: 40.0 for hour in HOURS[:23]})) == "unknown"


def test_peers_that_all_say_the_same() -> None:
    same = replace(
        WATCH, peers={("active_power", "street_light"): tuple({hour: 0.0 for hour in HOURS} for _ in "12345")}
    )
    assert told("peers", saying({hour: 0.0 for hour in HOURS}), same) == "unknown"
    assert told("peers", saying({hour: 3.0 for hour in HOURS}), same) == "fail"


@pytest.mark.parametrize(
    ("verdict", "result"),
    [("ok", "pass"), ("none", "pass"), ("late", "unknown"), ("unknown", "unknown"), (None, "unknown"),
     ("hour_off", "fail"), ("local_time", "fail"), ("ahead", "fail"), ("drift", "fail"), ("no_clock", "fail")],
)  # fmt: skip
def test_clock(verdict: str | None, result: str) -> None:
    assert told("clock", replace(GOOD, clock=verdict)) == result


def test_a_device_passes_with_all_checks_and_fails_with_any() -> None:
    assert overall(["pass", "pass"]) == "pass"
    assert overall(["pass", "unknown"]) == "unknown"
    assert overall(["unknown", "fail", "pass"]) == "fail"
    assert overall([]) == "unknown"


def test_numbers_of_checks_are_written_as_each_language_does() -> None:
    outcome = checks()["unit"].judge(replace(GOOD, series=(a_series(daily(40.25, 0.5), high=40.5),)), WATCH)
    assert outcome.sentence_fr == "Puissance : de 40,25 à 40,75 W, hors de ce qui est possible."
    assert outcome.sentence_en == "Power: 40.25 to 40.75 W, outside what is possible."
    assert "60,5 W par rapport" in checks()["peers"].judge(saying(daily(100.5)), WATCH).sentence_fr
    assert "(98,2 %)" in checks()["completeness"].judge(GOOD, WATCH).sentence_fr
    still = replace(GOOD, series=(a_series({hour: 20.5 for hour in HOURS}, "water_pressure"),))
    assert "(20,5 W)" in checks()["plausibility"].judge(still, WATCH).sentence_fr


@pytest.mark.parametrize(
    ("last", "left_fr", "left_en"), [(78, "vide en 51 jours", "within 51 days"), (90, "vide en 4 mois", "4 months")]
)
def test_time_left_of_a_battery_is_told_in_days_where_it_is_short(last: float, left_fr: str, left_en: str) -> None:
    outcome = checks()["battery"].judge(with_battery(100, last), WATCH)
    assert left_fr in outcome.sentence_fr
    assert left_en in outcome.sentence_en
