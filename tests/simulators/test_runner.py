"""Runs against a real broker: everything arrives and is receipted; interruption and refusal end in order."""

import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from deploy.simulation import Cast, Output, draw_run, simulate_towns
from sensors.formats.sparkplug_b import STATEFUL_FORMAT
from simulators.format_mix import choose_encoders
from simulators.period import Period, PeriodError, Wish, choose_period, read_duration
from simulators.publisher import PublisherError
from simulators.runner import Runner, Tally
from simulators.stream import Stream
from simulators.town import Town, TownError
from simulators.truth import read_truth
from tests.support.publisher import listening
from tests.support.recorder import Recorder
from tests.support.sparkplug import Host
from tests.support.towns import START, with_episodes
from tests.support.waiting import wait_until

END = START + timedelta(days=2)
NOW = datetime(2026, 6, 15, 10, 30, tzinfo=UTC)


def a_small_town(slug: str, seed: int = 5) -> Town:
    """Build a quiet town for the broker."""
    town = Town(seed, slug, START, scale=0.1, history_days=0)
    with_episodes(town, [])
    return town


def n_values(town: Town) -> int:
    """Count what a town measures in the period."""
    return sum(block.n_measurements() for block in town.generate(START, END))


@pytest.mark.services
@pytest.mark.parametrize(("live_from", "speed"), [(END, 1.0), (END - timedelta(hours=6), 1e9)])
def test_run_delivers_everything_and_gets_its_receipts(
    mqtt_url: str, territory_slug: str, live_from: datetime, speed: float
) -> None:
    expected = n_values(a_small_town(territory_slug))
    with Recorder(mqtt_url, territory_slug) as heard:
        runner = Runner([Stream(a_small_town(territory_slug))], mqtt_url)
        with runner:
            tally = runner.run(Period(START, live_from, END, speed), lambda _: None)
    assert tally.n_values == tally.stored == len(heard.values) == expected
    assert tally.n_unreceipted == 0
    assert runner.reached_s == [int(END.timestamp())]


@pytest.mark.services
def test_building_controllers_are_heard_over_lines_of_their_own(mqtt_url: str, territory_slug: str) -> None:
    """Everything that a run sends in Sparkplug arrives in order, from birth to death, and has its name."""
    town, host, n_heard = a_small_town(territory_slug), Host(STATEFUL_FORMAT), 0
    stream = Stream(town, choose_encoders("real", town))
    period = Period(START, START + timedelta(hours=12), START + timedelta(hours=12), 1.0)
    with Recorder(mqtt_url, territory_slug), listening(mqtt_url, f"spBv1.0/{territory_slug}/#") as heard:
        with Runner([stream], mqtt_url) as runner:
            runner.run(period, lambda _: None)
            n_nodes = len(runner.edge_nodes.lines)
        wait_until(lambda: sum("/NDEATH/" in message.topic for message in heard) == n_nodes, "the last deaths")
    assert n_nodes > 0
    for message in heard:
        decoded = host.hear(message.topic, message.payload, int(END.timestamp()) * 1_000_000)
        assert decoded.requests == ()
        assert all(not uplink.rejected for uplink in decoded.uplinks)
        n_heard += sum(uplink.n_accepted for uplink in decoded.uplinks)
    assert n_heard > 100


@pytest.mark.services
def test_towns_of_one_run_arrive_apart(mqtt_url: str, territory_slug: str) -> None:
    slugs = [territory_slug, f"{territory_slug}-2"]
    with Recorder(mqtt_url, slugs[0]) as first, Recorder(mqtt_url, slugs[1]) as second:
        streams = [Stream(a_small_town(slug, seed)) for seed, slug in enumerate(slugs)]
        with Runner(streams, mqtt_url) as runner:
            runner.run(Period(START, END - timedelta(hours=3), END, 1e9), lambda _: None)
    assert len(first.values) == n_values(a_small_town(slugs[0], 0))
    assert len(second.values) == n_values(a_small_town(slugs[1], 1))


def stop_at(stop: threading.Event, n_messages: int) -> Callable[[Tally], None]:
    """Give a report that stops the run after so many messages."""

    def report(tally: Tally) -> None:
        if tally.n_messages >= n_messages:
            stop.set()

    return report


@pytest.mark.services
def test_interrupted_run_says_how_far_it_came(mqtt_url: str, territory_slug: str) -> None:
    """Stopped in the second day: the first is there whole, and the run claims no more."""
    stop = threading.Event()
    with Recorder(mqtt_url, territory_slug) as heard:
        runner = Runner([Stream(a_small_town(territory_slug))], mqtt_url, stop)
        with runner:
            tally = runner.run(Period(START, END, END), stop_at(stop, 50))
    first_day = next(a_small_town(territory_slug).generate(START, START + timedelta(days=1)))
    assert tally.n_unreceipted == 0
    assert runner.reached_s == [int((START + timedelta(days=1)).timestamp())]
    assert len(heard.values) >= first_day.n_measurements()


@pytest.mark.services
def test_run_without_anybody_to_receipt_ends_when_told_to(mqtt_url: str, territory_slug: str) -> None:
    stop = threading.Event()
    runner = Runner([Stream(a_small_town(territory_slug))], mqtt_url, stop)
    runner.publishers[0].window_n = 20
    threading.Timer(1.0, stop.set).start()
    with runner:
        tally = runner.run(Period(START, END, END), lambda _: None)
    assert tally.n_unreceipted == 20
    assert tally.stored == 0


@pytest.mark.services
def test_run_goes_on_with_the_same_town_where_the_earlier_one_ended(
    mqtt_url: str, territory_slug: str, tmp_path: Path
) -> None:
    """Two runs a day apart give what one run would: the second repeats a day, and contradicts nothing."""
    cast = Cast(9, territory_slug, scale=0.1, history=timedelta())
    output = Output(tmp_path / "truth.json", tmp_path / "reference.json")
    middle, end = START + timedelta(days=3), START + timedelta(days=5)
    with Recorder(mqtt_url, territory_slug) as heard:
        for first, last in ((START, middle), (START + timedelta(days=2), end)):
            towns, period = draw_run(cast, Period(first, last, last), output, has_past=True)
            simulate_towns(towns, mqtt_url, period, output)
            assert read_truth(tmp_path / "truth.json").generated_to == last
    once = Town(9, territory_slug, START, scale=0.1, history_days=0)
    keys = sum(block.n_measurements() for block in once.generate(START, end))
    assert len(heard.values) <= keys
    assert len(heard.values) > 0.95 * keys  # garbled and untimed rows have no place among them
    assert heard.n_repeated > 0
    assert (tmp_path / "reference.json").exists()


def test_run_of_another_size_is_not_gone_on_with(tmp_path: Path) -> None:
    output = Output(tmp_path / "truth.json")
    small = Cast(9, "a", scale=0.1, history=timedelta())
    towns, _ = draw_run(small, Period(START, END, END), output, has_past=True)
    output.write(towns, [int(END.timestamp())])
    with pytest.raises(TownError, match="another size"):
        draw_run(Cast(9, "a", scale=0.2, history=timedelta()), Period(START, END, END), output, has_past=True)
    with pytest.raises(TownError, match="another town"):
        draw_run(Cast(8, "a", scale=0.1, history=timedelta()), Period(START, END, END), output, has_past=True)


def test_broker_that_is_not_there_is_a_sentence() -> None:
    runner = Runner([Stream(a_small_town("nobody"))], "mqtt://127.0.0.1:1")
    with pytest.raises(PublisherError, match="no broker answers"), runner:
        pass


@pytest.mark.services
def test_broker_that_refuses_is_a_sentence(mqtt_url: str) -> None:
    wrong = mqtt_url.replace("mqtt://", "mqtt://stranger:nothing@", 1)
    wrong = "mqtt://stranger:nothing@" + wrong.rpartition("@")[2]
    runner = Runner([Stream(a_small_town("nobody"))], wrong)
    with pytest.raises(PublisherError, match="Not authorized"), runner:
        pass


@pytest.mark.parametrize(
    ("wish", "sentence"),
    [
        (Wish(backfill="60d", from_day="2025-01-01"), "not both"),
        (Wish(to_day="2025-01-01"), "give --from too"),
        (Wish(from_day="2025-02-01", to_day="2025-01-01"), "must end after it starts"),
        (Wish(from_day="2027-01-01"), "must lie in the past"),
        (Wish(from_day="2026-01-01", to_day="2027-01-01"), "lies in the future"),
        (Wish(from_day="31/01/2025"), "a date is written"),
        (Wish(backfill="two months"), "a duration is a number"),
        (Wish(backfill="99999d"), "a duration is a number"),
        (Wish(speed=60), "give --backfill or --from"),
    ],
)
def test_wish_that_makes_no_sense_is_refused_in_a_sentence(wish: Wish, sentence: str) -> None:
    with pytest.raises(PeriodError, match=sentence):
        choose_period(wish, NOW)


def test_wishes_become_periods() -> None:
    assert choose_period(Wish(), NOW).from_at == NOW
    sixty = choose_period(Wish(backfill="60d"), NOW)
    assert (sixty.from_at, sixty.live_from) == (datetime(2026, 4, 16, tzinfo=UTC), NOW)
    past = choose_period(Wish(from_day="2025-01-01", to_day="2025-02-01"), NOW)
    assert past.live_from == past.to_at == datetime(2025, 2, 1, tzinfo=UTC)
    fast = choose_period(Wish(backfill="7d", speed=3600), NOW)
    assert fast.live_from == fast.from_at
    assert choose_period(Wish(live_for="10m"), NOW).to_at == NOW + read_duration("600s")
