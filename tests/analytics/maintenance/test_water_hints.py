"""Leaks, bursts and worn pumps: by hand and on drawn districts."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import numpy as np
import pytest

from analytics.maintenance import Span, Verdict, leak, pipe_break, pump_wear
from simulators.effect import faults
from store.gauge_hours import GaugeHours, NamedAsset
from store.water import NightFlow
from tests.support.drawn_hours import draw, gauge_hours, named_assets, night_flows
from tests.support.towns import a_quiet_town, a_town, an_episode, with_episodes

START = datetime(2025, 3, 10, tzinfo=UTC)
DAY, HOUR = timedelta(days=1), timedelta(hours=1)
N_DAYS = 30
INLET, NORTH = NamedAsset(1, "Inlet", None), NamedAsset(2, "North", 1)


def a_span(n_days: int, every: timedelta = DAY, n_before: int = 0) -> Span:
    """The last days of so many, told at each end."""
    begins_at = START + n_before * DAY
    n = int((START + n_days * DAY - begins_at) / every)
    return Span(begins_at, START + n_days * DAY, "Europe/Paris", tuple(begins_at + (i + 1) * every for i in range(n)))


def nights(flows: Mapping[int, Sequence[float]], known_s: float = 7200.0) -> list[NightFlow]:
    """Night flows by asset, from the first night on."""
    return [
        NightFlow(asset_id, asset_id, date(2025, 3, 10) + i * DAY, flow, known_s)
        for asset_id, own in flows.items()
        for i, flow in enumerate(own)
    ]


def steady(level: float, n: int, seed: int = 1) -> list[float]:
    """An ordinary night flow: three percent from night to night."""
    return (level * np.random.default_rng(seed).normal(1, 0.03, n)).tolist()


def accused(verdicts: Sequence[Verdict]) -> set[int | None]:
    """The assets that something is said of."""
    return {verdict.asset_id for verdict in verdicts if verdict.is_present}


def test_leak_is_told_where_it_is_and_not_upstream() -> None:
    north = [*steady(1.0, 20), *(1.7 + 0.02 * i for i in range(10))]
    inlet = [own + other for own, other in zip(steady(0.2, 30, 2), north, strict=True)]
    verdicts = leak.tell(leak.Points([INLET, NORTH], nights({1: inlet, 2: north})), a_span(N_DAYS))
    told = [verdict for verdict in verdicts if verdict.is_present]
    assert {verdict.asset_id for verdict in told} == {2}
    assert told[0].started_at == datetime(2025, 3, 30, 1, tzinfo=UTC)
    assert told[0].evidence is not None
    assert told[0].evidence["lost_m3_a_day"] == pytest.approx(0.7 * 24, rel=0.1)


def test_leak_that_is_mended_is_gone_and_one_odd_night_is_none() -> None:
    flows = [*steady(1.0, 12), *[1.8] * 6, *steady(1.0, 12, 3)]
    verdicts = leak.tell(leak.Points([NORTH], nights({2: flows})), a_span(N_DAYS))
    assert verdicts[-1].is_present is False
    assert any(verdict.is_present for verdict in verdicts)
    odd = [*steady(1.0, 15), 9.0, *steady(1.0, 14, 3)]
    assert accused(leak.tell(leak.Points([NORTH], nights({2: odd})), a_span(N_DAYS))) == set()


def test_meter_that_reads_more_than_the_one_before_is_no_leak() -> None:
    """The new meter of a point or of its branch reads 60 % more; a leak behind the new one is told."""
    for changed in (1, 2):
        flows = {1: steady(3.0, 30), 2: steady(1.0, 30, 2)}
        told = [
            replace(night, series_id=9, flow_m3_h=1.6 * night.flow_m3_h)
            if night.asset_id == changed and night.day >= date(2025, 3, 25)
            else night
            for night in nights(flows)
        ]
        verdicts = leak.tell(leak.Points([INLET, NORTH], told), a_span(N_DAYS))
        assert accused(verdicts) == set()
        assert any(verdict.is_present is False for verdict in verdicts if verdict.at > START + 23 * DAY)
        leaking = [replace(n, flow_m3_h=n.flow_m3_h + (n.day >= date(2025, 4, 4)) * (n.asset_id == 2)) for n in told]
        assert accused(leak.tell(leak.Points([NORTH], leaking), a_span(N_DAYS))) == {2}


def test_one_branch_is_said_in_the_singular() -> None:
    inlet = [own + other for own, other in zip([*steady(2.0, 20), *[4.0] * 10], steady(1.0, 30, 2), strict=True)]
    verdicts = leak.tell(leak.Points([INLET, NORTH], nights({1: inlet, 2: steady(1.0, 30, 2)})), a_span(N_DAYS))
    told = next(verdict for verdict in verdicts if verdict.is_present)
    assert "(less its metered branch)" in told.sentence_en
    assert "(moins son antenne comptée)" in told.sentence_fr


def test_meter_that_misses_nights_beside_another_does_not_mix_with_it() -> None:
    other = [replace(night, series_id=9, flow_m3_h=1.6 * night.flow_m3_h) for night in nights({2: steady(1.0, 30)})]
    own = nights({2: steady(1.0, 30)})
    verdicts = leak.tell(leak.Points([NORTH], [*own, *other[:20:4], *other[20:]]), a_span(N_DAYS))
    assert accused(verdicts) == set()
    assert verdicts[-1].is_present is False


@pytest.mark.parametrize(
    "flows",
    [
        [1.0, 2.0, 3.0],
        [float("nan")] * 20,
        [float("inf")] * 20,
        [0.0] * 20,
        [*steady(1.0, 10), *[float("nan")] * 10],
        [10.0 ** (i - 10) for i in range(5)],
    ],
)
def test_leak_is_not_told_of_few_or_broken_nights(flows: Sequence[float]) -> None:
    assert accused(leak.tell(leak.Points([NORTH], nights({2: flows})), a_span(20))) == set()


def test_nights_hardly_known_say_nothing() -> None:
    flows = [*steady(1.0, 20), *[5.0] * 10]
    assert leak.tell(leak.Points([NORTH], nights({2: flows}, known_s=900.0)), a_span(N_DAYS)) == []


@pytest.fixture(scope="module")
def district() -> tuple[dict[str, int], list[GaugeHours]]:
    """A district of three pipes and a pump in April: a leak, then a burst, then a bearing."""
    town = a_town(131, START, scale=0.4)
    planted = [
        an_episode(town, faults()["leak_night"], "conduite-02", 10, 8, 3),
        an_episode(town, faults()["pipe_break"], "conduite-03", 24.3, 0.5),
        an_episode(town, faults()["pump_bearing"], "pompe-1", 27, 3, 15),
    ]
    with_episodes(town, planted)
    quantities = ("flow", "water_pressure", "vibration_velocity", "rotation_speed", "bearing_temperature")
    place = {asset.slug: index + 1 for index, asset in enumerate(town.assets)}
    return place, gauge_hours(town, draw(town, ("water",), N_DAYS), quantities)


def test_planted_leak_burst_and_bearing_are_told_of_what_they_strike(
    district: tuple[dict[str, int], list[GaugeHours]],
) -> None:
    place, rows = district
    flows = [row for row in rows if row.quantity == "flow"]
    town = a_quiet_town(131, START, scale=0.4)
    points = leak.Points(named_assets(town, ("water_pipe",)), night_flows(flows))
    assert accused(leak.tell(points, a_span(N_DAYS))) == {place["conduite-02"]}
    pressed = [row for row in rows if row.quantity in ("flow", "water_pressure")]
    breaks = pipe_break.tell(pressed, a_span(N_DAYS, HOUR, 2))
    assert accused(breaks) == {place["conduite-03"]}
    first = next(verdict for verdict in breaks if verdict.is_present)
    assert first.at - (START + 24.3 * DAY) < 2 * HOUR
    worn = pump_wear.tell(rows, a_span(N_DAYS))
    assert accused(worn) == {place["pompe-1"]}
    assert next(verdict.at for verdict in worn if verdict.is_present) < START + 25 * DAY


def test_burst_of_a_trunk_main_is_told_of_the_main_alone() -> None:
    town = a_town(132, START, scale=0.4)
    with_episodes(town, [an_episode(town, faults()["pipe_break"], "conduite-01", 9.3, 0.5)])
    rows = gauge_hours(town, draw(town, ("water",), 11), ("flow", "water_pressure"))
    place = {asset.slug: index + 1 for index, asset in enumerate(town.assets)}
    assert accused(pipe_break.tell(rows, a_span(11, HOUR, 8))) == {place["conduite-01"]}


def vibrating(values: Sequence[float], speed: Sequence[float] | None = None) -> list[GaugeHours]:
    """Hours of a pump, one value each."""
    begins = START.timestamp() + 3600.0 * np.arange(len(values))

    def gauge(quantity: str, own: Sequence[float]) -> GaugeHours:
        array, full = np.array(own, dtype=float), np.full(len(own), 3600.0)
        return GaugeHours(1, 7, "Pump", None, {}, quantity, begins, array, array, array, full, full / 900)

    return [gauge("vibration_velocity", values), *([] if speed is None else [gauge("rotation_speed", speed)])]


def test_pump_that_only_turns_faster_is_not_worn() -> None:
    draws = np.random.default_rng(4)
    speed = np.where(np.arange(24 * 30) < 24 * 20, 1500.0, 2900.0)
    values = 2.0 * (speed / 1500) ** 2 * draws.lognormal(0, 0.03, speed.size)
    assert accused(pump_wear.tell(vibrating(values.tolist()), a_span(N_DAYS))) == {7}
    assert accused(pump_wear.tell(vibrating(values.tolist(), speed.tolist()), a_span(24))) == set()


def test_repaired_pump_is_sound_again() -> None:
    draws = np.random.default_rng(5)
    worn = [2.0] * (24 * 12) + [2.0 + i / 100 for i in range(24 * 12)] + [2.0] * (24 * 6)
    values = np.array(worn) * draws.lognormal(0, 0.03, len(worn))
    verdicts = pump_wear.tell(vibrating(values.tolist()), a_span(N_DAYS))
    assert any(verdict.is_present for verdict in verdicts)
    assert verdicts[-1].is_present is False


@pytest.mark.parametrize("values", [[0.0] * 600, [1.0], [1e300, 1e-300] * 300, [2.0] * 600])
def test_pump_with_odd_values_gives_a_defined_verdict(values: Sequence[float]) -> None:
    for verdict in pump_wear.tell(vibrating(values), a_span(26)):
        assert np.isfinite(verdict.score)
    replaced = [replace(row, parent_id=3) for row in vibrating(values)]
    assert len(pump_wear.tell(replaced, a_span(26))) == 26
