"""Lamps and feeders lost behind cabinets whose lamps nobody meters: by hand and on drawn streets."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from analytics.lighting.steps import find_steps, lay_out, nights_of
from analytics.maintenance import Span, Verdict, feeder_out, lamps_lost
from analytics.maintenance.cabinet_nights import Cabinets
from simulators.effect import faults, lookalikes
from store.baseline import ProjectAsset, ScheduledHours
from store.cabinets import CabinetHours, CabinetLamps
from store.incidents import Notice
from tests.support.drawn_hours import draw, gauge_hours
from tests.support.towns import a_town, an_episode, with_episodes

START = datetime(2026, 1, 15, 11, tzinfo=UTC)  # noon in France
PARIS = ZoneInfo("Europe/Paris")
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
N_DAYS = 30
N_LAMPS, LAMP_W = 24, 80.0
Change = tuple[float, float]  # from which day on, how many lamps burn


def a_cabinet(changes: Sequence[Change], seed: int | None = None, n_days: int = N_DAYS) -> CabinetHours:
    """A cabinet in winter, half dimmed from 23 to 5; from some days on fewer or more of its lamps burn."""
    hours = np.arange(n_days * 24)
    civil = (hours + 12) % 24
    burning = np.full(hours.size, float(N_LAMPS))
    for day, n_burning in changes:
        burning[hours >= day * 24] = n_burning
    level = np.where((civil >= 18) | (civil < 7), np.where((civil >= 23) | (civil < 5), 0.5, 1.0), 0.0)
    draws = np.random.default_rng(seed)
    noise = draws.normal(1, 0.006, hours.size) if seed is not None else np.ones(hours.size)
    mains = np.cumsum(draws.normal(0, 0.003, n_days)) if seed is not None else np.zeros(n_days)
    watts = (burning * LAMP_W * level + 14.0) * noise * (1 + np.repeat(mains, 24))
    return CabinetHours(7, "Armoire 7", 5.1, 47.5, START, watts, np.full(hours.size, np.nan))


def inputs(cabinet: CabinetHours, n_metered: int = 0, *more: Notice | ProjectAsset | ScheduledHours) -> Cabinets:
    """What hints read about one cabinet."""
    return Cabinets(
        [cabinet],
        [one for one in more if isinstance(one, ScheduledHours)],
        [CabinetLamps(7, N_LAMPS, LAMP_W, n_metered)],
        [one for one in more if isinstance(one, Notice)],
        [one for one in more if isinstance(one, ProjectAsset)],
    )


def a_span(n_days: int = N_DAYS, n_before: int = 0) -> Span:
    """Noon by noon, the last of so many days."""
    ends = tuple(START + (n + 1) * DAY for n in range(n_before, n_days))
    return Span(ends[0] - DAY, ends[-1], "Europe/Paris", ends)


def present(verdicts: Sequence[Verdict]) -> list[Verdict]:
    """Keep those that say it is there."""
    return [verdict for verdict in verdicts if verdict.is_present]


@pytest.mark.parametrize("seed", range(6))
def test_lamps_that_go_out_one_after_the_other_are_counted(seed: int) -> None:
    found = present(lamps_lost.tell(inputs(a_cabinet([(10, 23), (20, 21)], seed)), a_span()))
    assert found[0].score == 1
    assert START + 13 * DAY <= found[0].at <= START + 14 * DAY
    assert found[-1].score == 3
    assert abs(found[-1].started_at - (START + 10 * DAY)) <= DAY
    assert found[-1].evidence is not None
    assert found[-1].evidence["power_lost_w"] == pytest.approx(3 * LAMP_W, rel=0.25)
    assert "2 steps" in found[-1].sentence_en
    assert "À faire :" in found[-1].sentence_fr


@pytest.mark.parametrize("seed", range(6))
def test_lamps_that_are_mended_are_gone(seed: int) -> None:
    verdicts = lamps_lost.tell(inputs(a_cabinet([(10, 22), (19, 24)], seed)), a_span())
    assert max(verdict.at for verdict in present(verdicts)) <= START + 23 * DAY
    assert any(verdict.is_present is False for verdict in verdicts if verdict.at > START + 20 * DAY)


def test_feeder_is_told_after_two_nights_and_is_not_counted_as_lamps() -> None:
    cabinet = a_cabinet([(12, 16), (20, 24)], 3)
    verdicts = feeder_out.tell(inputs(cabinet), a_span())
    found = present(verdicts)
    assert found[0].at == START + 14 * DAY
    assert found[0].started_at == START + 12 * DAY
    assert found[0].severity == "urgent"
    assert found[0].evidence is not None
    assert found[0].evidence["n_lamps_lost"] == 8
    assert found[-1].at <= START + 21 * DAY
    assert any(verdict.is_present is False for verdict in verdicts if verdict.at > START + 20 * DAY)
    assert not present(lamps_lost.tell(inputs(cabinet), a_span()))


def test_feeder_that_is_mended_after_two_months_is_gone() -> None:
    """By then its fall is no longer read, day by day."""
    cabinet = a_cabinet([(12, 16), (72, 24)], 3, n_days=80)
    ends = tuple(START + (n + 1) * DAY for n in range(80))
    verdicts = [
        verdict
        for n in range(60, 80)
        for verdict in feeder_out.tell(inputs(cabinet), Span(ends[n - 1], ends[n], "Europe/Paris", (ends[n],)))
    ]
    gone = [verdict.at for verdict in verdicts if verdict.is_present is False]
    assert START + 73 * DAY <= gone[0] <= START + 75 * DAY


@pytest.mark.parametrize("seed", range(2))
def test_festive_lights_that_are_taken_down_are_no_feeder(seed: int) -> None:
    """They took a third as much as the lamps for six weeks; a feeder that fails after them is told."""
    cabinet = a_cabinet([(45, 32), (87, 24), (110, 16)], seed, n_days=116)
    verdicts = feeder_out.tell(inputs(cabinet), a_span(116, 80))
    assert min(verdict.at for verdict in present(verdicts)) > START + 110 * DAY
    gone = {verdict.at for verdict in verdicts if verdict.is_present is False}
    assert {START + n * DAY for n in range(89, 111)} <= gone


def test_feeder_that_fails_again_was_not_added() -> None:
    """Mended after three weeks, it fails once more, to where it stood before."""
    verdicts = feeder_out.tell(inputs(a_cabinet([(20, 16), (41, 24), (83, 16)], 3, n_days=130)), a_span(130, 80))
    assert {START + n * DAY for n in range(85, 124)} <= {verdict.at for verdict in present(verdicts)}


@pytest.mark.parametrize("odd", [[(68, 24), (69, 16), (72, 24)], [(70, 24), (71, 16), (72, 24)], [(72, 24), (73, 20)]])
def test_odd_night_about_a_late_repair_does_not_keep_a_feeder_told(odd: list[Change]) -> None:
    """A night of trials days before or nearly on the eve, or one that is not full after it."""
    gone = gone_after_two_months(a_cabinet([(12, 16), *odd, (74, 24)], 3, n_days=82))
    assert START + 74 * DAY <= gone[0] <= START + 78 * DAY


def test_end_of_dimming_does_not_bring_a_feeder_back() -> None:
    cabinet = a_cabinet([(12, 16)], 3, n_days=80)
    hours = np.arange(cabinet.watts.size)
    civil = (hours + 12) % 24
    brighter = (hours >= 70 * 24) & ((civil >= 23) | (civil < 5))
    undimmed = replace(cabinet, watts=np.where(brighter, 1.9, 1.0) * cabinet.watts)
    assert not gone_after_two_months(undimmed)


def gone_after_two_months(cabinet: CabinetHours) -> list[datetime]:
    """Tell a feeder noon by noon when its fall is no longer read, and give when it is said to be back."""
    ends = [START + n * DAY for n in range(60, cabinet.watts.size // 24 + 1)]
    verdicts = [
        verdict
        for end in ends
        for verdict in feeder_out.tell(inputs(cabinet), Span(end - DAY, end, "Europe/Paris", (end,)))
    ]
    assert not present(verdicts)
    return [verdict.at for verdict in verdicts if verdict.is_present is False]


@pytest.mark.parametrize("module", [lamps_lost, feeder_out])
@pytest.mark.parametrize("seed", range(20))
def test_sound_cabinet_tells_nothing(module: object, seed: int) -> None:
    assert not present(module.tell(inputs(a_cabinet([], seed)), a_span()))  # type: ignore[attr-defined]


@pytest.mark.parametrize("module", [lamps_lost, feeder_out])
def test_new_hours_of_dimming_are_no_loss(module: object) -> None:
    cabinet = a_cabinet([], 4)
    hours = np.arange(cabinet.watts.size)
    deeper = ((hours + 12) % 24 < 5) & (hours >= 12 * 24)
    dimmed = replace(cabinet, watts=np.where(deeper, 0.6 * cabinet.watts, cabinet.watts))
    assert not present(module.tell(inputs(dimmed), a_span()))  # type: ignore[attr-defined]


@pytest.mark.parametrize("module", [lamps_lost, feeder_out])
def test_one_night_of_fewer_lamps_is_no_loss(module: object) -> None:
    assert not present(module.tell(inputs(a_cabinet([(12, 15), (13, 24)], 5)), a_span()))  # type: ignore[attr-defined]


def test_works_that_were_entered_are_no_loss() -> None:
    """New lamps of two fifths of the power, street by street; the same without an entry is told."""
    steps = [(10 + n, 24 - 2.4 * n) for n in range(1, 7)]
    cabinet = a_cabinet(steps, 6)
    project = ProjectAsset(7, "led", 5.1, 47.5, date(2026, 1, 31), date(2025, 1, 1), date(2026, 1, 20), "Europe/Paris")
    assert present(lamps_lost.tell(inputs(cabinet), a_span()))
    assert not present(lamps_lost.tell(inputs(cabinet, 0, project), a_span()))
    notice = Notice("works", 7, [], START + 11 * DAY, START + 12 * DAY)
    at_once = a_cabinet([(12, 10)], 6)
    assert present(feeder_out.tell(inputs(at_once), a_span()))
    assert not present(feeder_out.tell(inputs(at_once, 0, notice), a_span()))


def test_metered_lamps_and_an_unknown_number_of_lamps_are_left_alone() -> None:
    cabinet = a_cabinet([(12, 20)], 7)
    assert lamps_lost.tell(inputs(cabinet, n_metered=N_LAMPS), a_span()) == []
    unknown = Cabinets([cabinet], [], [CabinetLamps(7, None, None, 0)])
    assert not present(lamps_lost.tell(unknown, a_span()))
    assert present(feeder_out.tell(unknown, a_span()))


def test_order_that_the_council_entered_is_no_loss() -> None:
    cabinet = a_cabinet([], 8)
    hours = np.arange(cabinet.watts.size)
    off = np.isin((hours + 12) % 24, (23, 0, 1, 2, 3, 4)) & (hours >= 14 * 24)
    dark = replace(cabinet, watts=np.where(off, 14.0, cabinet.watts))
    order = ScheduledHours(7, "switch_off", time(23), time(5), 0.0, date(2026, 1, 29), None)
    for module in (lamps_lost, feeder_out):
        assert not present(module.tell(inputs(dark, 0, order), a_span()))


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf, 0.0, 1e300, -5.0])
def test_any_number_is_answered(value: float) -> None:
    for hours in (slice(None), slice(300, 330), slice(300, None)):
        cabinet = a_cabinet([], 9)
        cabinet.watts[hours] = value
        for module in (lamps_lost, feeder_out):
            verdicts = module.tell(inputs(cabinet), a_span())
            assert all(np.isfinite(verdict.score) for verdict in verdicts)


def test_steps_of_little_are_none() -> None:
    nights = lay_out(np.full(48, 100.0), np.ones(48, dtype=np.bool_), START, "Europe/Paris")
    found = nights_of(nights, START, START + 2 * DAY)
    assert found is not None
    assert found.watts.shape == (2, 24)
    assert find_steps(found, 0.01) == []
    assert nights_of(nights, START + 9 * DAY, START + 20 * DAY) is None


def test_drawn_street_through_its_meter_alone() -> None:
    """Cabinets of a drawn town in spring, as if no lamp were metered: two die in one, another is ordered off."""
    town = a_town(137, datetime(2025, 3, 10, tzinfo=UTC), scale=0.15)
    own = [asset.slug for asset in town.assets if asset.parent == "armoire-01"]
    dying = [an_episode(town, faults()["dead_lamp"], slug, 14.6, 12) for slug in own[:2]]
    order = an_episode(town, lookalikes()["switch_off_order"], "armoire-02", 8.5, 6)
    with_episodes(town, [*dying, order])
    place = {asset.slug: index + 1 for index, asset in enumerate(town.assets)}
    drawn = gauge_hours(town, draw(town, ("lighting",), 26), ("active_power",))
    begins_at = datetime(2025, 3, 10, tzinfo=UTC)
    cabinets = []
    for row in (one for one in drawn if one.parent_id is None):
        watts = np.full(26 * 24, np.nan)
        watts[((row.begins_s - begins_at.timestamp()) // 3600).astype(int)] = row.mean
        cabinets.append(CabinetHours(row.asset_id, row.name, 5.1, 47.5, begins_at, watts, watts * np.nan))
    counts = [sum(one.parent == slug for one in town.assets) for slug in place if slug.startswith("armoire")]
    lamps = [CabinetLamps(one.asset_id, float(n), None, 0) for one, n in zip(cabinets, counts, strict=True)]
    first = datetime(2025, 3, 11, 12, tzinfo=PARIS)
    ends = tuple((first + n * DAY).astimezone(UTC) for n in range(25))
    span = Span(begins_at, ends[-1], "Europe/Paris", ends)
    found = present(lamps_lost.tell(Cabinets(cabinets, [], lamps), span))
    assert {verdict.asset_id for verdict in found} == {place["armoire-01"]}
    powers = {
        asset.slug: float(str(asset.attributes["nominal_power_w"]))
        for asset in town.assets
        if asset.parent == "armoire-01"
    }
    mean_w = np.mean([powers[slug] for slug in own])
    due = sum(powers[slug] for slug in own[:2]) / mean_w  # lamps of the mean power
    assert {abs(verdict.score - due) < 1 for verdict in found} == {True}
    assert not present(feeder_out.tell(Cabinets(cabinets, [], lamps), span))
