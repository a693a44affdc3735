"""Parts of a saving, stipulated baselines, outages apart, and what bad input does to them."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import numpy as np
import pytest

from analytics.baseline.nights import Place, dark_hours, length_s
from analytics.kpi.figure import Figure
from analytics.kpi.lighting_saving import SavingInputs, tell_savings
from analytics.lighting.duty import dark_minutes, levels_left, make_clock
from store.baseline import DatedFactor, MeteredDay, Price, ProjectAsset, ScheduledHours
from store.lighting import CabinetFacts, CountedSpells, LampOutage

ZONE = "Europe/Paris"
DAY = timedelta(days=1)
PLACE = Place(5.1, 47.5, ZONE, 3.0)
START = date(2026, 1, 1)
PERIOD = (date(2026, 2, 1), date(2026, 3, 1))
PROJECT = ProjectAsset(7, "works", 5.1, 47.5, START, START - 365 * DAY, START, ZONE)
PRICE = Price("kW.h", 0.2, 0.1, time(22, 30), time(6, 30), date(2024, 1, 1), None)
OFF = ScheduledHours(7, "switch_off", time(1), time(4), 0.0, START, None)
DIM = ScheduledHours(7, "dimming", time(22), time(6), 0.5, START, None)
OLD_KW, NEW_KW, STANDING_KW = 4.0, 2.4, 0.05
CLOCK = make_clock(datetime(2026, 2, 1, 11, tzinfo=UTC), datetime(2026, 3, 1, 11, tzinfo=UTC), ZONE)
DARK = dark_minutes(CLOCK, PLACE)
FACTS = CabinetFacts(7, 5.1, 47.5, 4000.0, 40, 40, 40.0, None, None, None, None)


def before(n_nights: int = 365, power_kw: float = OLD_KW) -> tuple[MeteredDay, ...]:
    noise = np.random.default_rng(1).normal(1, 0.01, n_nights)
    days = [START - (n_nights - index) * DAY for index in range(n_nights)]
    kwh = [power_kw * dark_hours(day, PLACE) * float(one) for day, one in zip(days, noise, strict=True)]
    return tuple(
        MeteredDay(7, 7, day, amount, amount / 2, length_s(day, time(12), ZONE), 0)
        for day, amount in zip(days, kwh, strict=True)
    )


def drawn(*entries: ScheduledHours) -> np.ndarray:
    """What the new lamps draw minute by minute [kW], as the commune's hours say."""
    level = levels_left(CLOCK, entries)
    return STANDING_KW + np.where(DARK, level * NEW_KW, 0.0)


def counted(kw: np.ndarray) -> tuple[tuple[MeteredDay, ...], CountedSpells]:
    """The nights and the hourly spells of a meter behind which so much is drawn."""
    hourly = kw.reshape(-1, 60).sum(axis=1) / 60
    begin = CLOCK.begins_s
    ended = tuple(begin + 3600.0 * (n + 1) for n in range(hourly.size))
    spells = CountedSpells(7, 7, ended, (3600.0,) * hourly.size, tuple(hourly.tolist()))
    nights = hourly.reshape(-1, 24).sum(axis=1).tolist()
    days = [PERIOD[0] + n * DAY for n in range(len(nights))]
    rows = tuple(MeteredDay(7, 7, d, kwh, kwh / 2, 86_400.0, 0) for d, kwh in zip(days, nights, strict=True))
    return rows, spells


def inputs_of(*entries: ScheduledHours, **more: object) -> SavingInputs:
    rows, spells = counted(drawn(*entries))
    told = SavingInputs((PROJECT,), before(), rows, (PRICE,), entries, PERIOD, (spells,), (), (FACTS,))
    return replace(told, **more)


def told(inputs: SavingInputs, asset_id: int | None = 7) -> dict[str, Figure]:
    return {figure.kpi: figure for figure in tell_savings(inputs) if figure.asset_id == asset_id}


def value(figure: Figure) -> float:
    assert figure.value is not None, figure.withheld
    return figure.value


def test_parts_are_what_each_measure_saved_and_add_up() -> None:
    figures = told(inputs_of(OFF, DIM))
    hours = {
        name: float((DARK * (levels_left(CLOCK, [DIM]) - levels_left(CLOCK, own))).sum()) / 60
        for name, own in (("off", [DIM, OFF]),)
    }
    dimmed_h = float((DARK * (1 - levels_left(CLOCK, [DIM]))).sum()) / 60
    parts = [value(figures[f"lighting_saved_by_{part}"]) for part in ("relamping", "dimming", "switch_off")]
    assert sum(parts) == pytest.approx(value(figures["lighting_energy_saved"]), rel=1e-9)
    assert parts[1] == pytest.approx(NEW_KW * dimmed_h, rel=0.01)
    assert parts[2] == pytest.approx(NEW_KW * hours["off"], rel=0.01)


def test_nothing_is_dimmed_or_off_where_nothing_is_ordered() -> None:
    figures = told(inputs_of())
    assert value(figures["lighting_saved_by_dimming"]) == 0
    assert value(figures["lighting_saved_by_switch_off"]) == 0


def test_hours_of_before_save_nothing_now() -> None:
    """A commune that switched off from 1 to 4 already saves nothing by going on with it."""
    was = replace(OFF, valid_from=date(2020, 1, 1))
    figures = told(inputs_of(was, schedules_before=(was,)))
    assert value(figures["lighting_saved_by_switch_off"]) == pytest.approx(0, abs=1e-3)  # the fit's last digits


def test_without_a_baseline_watts_times_astronomical_hours_stand_for_it() -> None:
    """Stipulated: the counterfactual is 4 kW for every dark hour; wider than a measured one, its method said."""
    measured, figures = told(inputs_of(OFF)), told(inputs_of(OFF, before=()))
    energy = figures["lighting_energy_saved"]
    assert energy.baseline == pytest.approx(4.0 * DARK.sum() / 60, rel=0.005)
    assert energy.proof["methods"] == ["stipulated watts by astronomical hours"]
    assert "0 metered nights" in energy.proof["why_no_metered_baseline"][0]
    assert measured["lighting_energy_saved"].proof["methods"] == ["metered baseline by dark hours"]
    narrow, wide = measured["lighting_saving_ratio"], figures["lighting_saving_ratio"]
    assert (wide.high or 0) - (wide.low or 0) > 2 * ((narrow.high or 0) - (narrow.low or 0))
    assert "no bill of before" in str(figures["lighting_bill_reduction"].withheld)
    assert value(figures["lighting_cost_saved"]) > 0


def test_ten_days_of_baseline_do_not_count() -> None:
    figures = told(inputs_of(OFF, before=before(10)))
    assert figures["lighting_energy_saved"].proof["n_meters_stipulated"] == 1
    without = told(inputs_of(OFF, before=before(10), cabinets=(replace(FACTS, old_watts=None),)))
    assert "10 metered nights" in str(without["lighting_energy_saved"].withheld)
    assert "no watts of before" in str(without["lighting_energy_saved"].withheld)


def test_an_inventory_with_gaps_stipulates_nothing() -> None:
    some = replace(FACTS, n_old_watts=38)
    figures = told(inputs_of(before=(), cabinets=(some,)))
    assert "2 of 40 lamps" in str(figures["lighting_energy_saved"].withheld)


def test_a_meter_replaced_in_mid_year_goes_on() -> None:
    """Two meters one after the other, both on the day of the change: the baseline is that of one meter."""
    rows = before()
    changed = rows[180]
    halves = [replace(changed, increase=changed.increase / 2, off_peak=0.0, span_s=changed.span_s / 2)] * 2
    later = [replace(row, series_id=8) for row in (halves[1], *rows[181:])]
    whole, cut = told(inputs_of()), told(inputs_of(before=(*rows[:180], halves[0], *later)))
    kpi = "lighting_energy_saved"
    assert cut[kpi].proof["n_baseline_nights"] == whole[kpi].proof["n_baseline_nights"] == 365
    assert value(cut[kpi]) == pytest.approx(value(whole[kpi]))


def test_two_meters_at_a_time_are_added_up_where_both_speak() -> None:
    rows = before()
    second = [replace(row, series_id=8) for row in rows if row.day.day > 3]
    figures = told(inputs_of(before=(*rows, *second)))
    assert figures["lighting_energy_saved"].proof["n_baseline_nights"] == len(second)


def test_negative_energy_is_not_known() -> None:
    rows = before()
    bad = [replace(row, increase=-50.0) if index % 30 == 0 else row for index, row in enumerate(rows)]
    figures = told(inputs_of(before=tuple(bad)))
    assert figures["lighting_energy_saved"].proof["n_baseline_nights"] == 365 - 13
    nothing = told(inputs_of(after=tuple(replace(row, increase=-1.0) for row in inputs_of().after)))
    assert "does not account" in str(nothing["lighting_energy_saved"].withheld)


def test_a_cabinet_without_position_is_withheld() -> None:
    figures = told(inputs_of(projects=(replace(PROJECT, latitude=None),)))
    assert {figure.value for figure in figures.values()} == {None}
    assert "no position" in str(figures["lighting_saving_ratio"].withheld)


def test_outages_of_lamps_save_nothing_and_stand_apart() -> None:
    out = LampOutage(7, 20.0, 18.0, 30.0)
    without, figures = told(inputs_of()), told(inputs_of(outages=(out,)))
    saved, lost = figures["lighting_energy_saved"], figures["lighting_outage_energy"]
    assert value(saved) == pytest.approx(value(without["lighting_energy_saved"]) - 20)
    assert (lost.low, lost.value, lost.high) == (pytest.approx(18), pytest.approx(20), pytest.approx(30))
    assert value(figures["lighting_saved_by_relamping"]) == pytest.approx(value(saved))


def test_emissions_by_the_factor_of_the_day() -> None:
    """The territory's own factor wins over the published one; outside all of them nothing is told."""
    published = told(inputs_of())
    energy = value(published["lighting_energy_saved"])
    assert value(published["lighting_emissions_avoided"]) == pytest.approx(0.0519 * energy)
    own = DatedFactor("electricity_emission_factor", 0.02, "kg/(kW.h)", "own contract", date(2026, 1, 1))
    figures = told(inputs_of(factors=(own,)))
    assert value(figures["lighting_emissions_avoided"]) == pytest.approx(0.02 * energy)
    assert figures["lighting_emissions_avoided"].proof["emission_source"] == "own contract"


def test_a_level_never_seen_widens_the_part() -> None:
    """In nights that are dimmed from dusk to dawn nobody saw full light: it is taken in proportion, and said wider."""
    evening = replace(DIM, from_time=time(12), to_time=time(0))
    whole_night = (evening, replace(evening, from_time=time(0), to_time=time(12)))
    seen, guessed = told(inputs_of(DIM)), told(inputs_of(*whole_night))
    widths = [
        ((f["lighting_saved_by_dimming"].high or 0) - (f["lighting_saved_by_dimming"].low or 0))
        / value(f["lighting_saved_by_dimming"])
        for f in (seen, guessed)
    ]
    assert widths[1] > 3 * widths[0]
    assert value(guessed["lighting_saved_by_dimming"]) == pytest.approx(NEW_KW * 0.5 * DARK.sum() / 60, rel=0.02)


def test_a_meter_that_tells_once_a_day_cannot_be_split() -> None:
    rows, _ = counted(drawn(OFF))
    daily = CountedSpells(
        7, 7, tuple(CLOCK.begins_s + 86_400.0 * (n + 1) for n in range(28)), (86_400.0,) * 28,
        tuple(row.increase for row in rows),
    )  # fmt: skip
    figures = told(inputs_of(OFF, spells=(daily,)))
    assert value(figures["lighting_energy_saved"]) > 0
    assert "too few hours" in str(figures["lighting_saved_by_dimming"].withheld)
