"""Lighting savings: nights that meters account for, adjustments, honest intervals, and what is withheld."""

from dataclasses import replace
from datetime import date, time, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.baseline.fit import fit_nights, predict
from analytics.baseline.nights import Place, Stretch, dark_hours, join_nights, length_s
from analytics.baseline.noise import Noise, learn_noise
from analytics.kpi.figure import Figure
from analytics.kpi.lighting_saving import SavingInputs, tell_savings
from store.baseline import MeteredDay, Price, ProjectAsset, ScheduledHours

ZONE = "Europe/Paris"
PLACE = Place(5.1, 47.5, ZONE)
START = date(2026, 1, 1)
PERIOD = (date(2026, 2, 1), date(2026, 3, 1))
DAY = timedelta(days=1)
PROJECT = ProjectAsset(7, "works", 5.1, 47.5, START, START - 365 * DAY, START, ZONE)
PRICE = Price("kW.h", 0.2, 0.1, time(22, 30), time(6, 30), date(2024, 1, 1), None)
OLD_KW, NEW_KW = 4.0, 2.4


def counted(first: date, n_nights: int, power_kw: float, seed: int = 1, asset_id: int = 7) -> list[MeteredDay]:
    """A meter's nights: so many kW for every hour of dark, with one per cent of noise, half of it off-peak."""
    noise = np.random.default_rng(seed).normal(1, 0.01, n_nights)
    rows = []
    for index in range(n_nights):
        day = first + index * DAY
        kwh = power_kw * dark_hours(day, PLACE) * float(noise[index])
        rows.append(MeteredDay(asset_id, asset_id, day, kwh, kwh / 2, length_s(day, time(12), ZONE), 0))
    return rows


def inputs_of(before: list[MeteredDay], after: list[MeteredDay], **more: object) -> SavingInputs:
    return replace(SavingInputs((PROJECT,), before, after, (PRICE,), (), PERIOD), **more)


def told(inputs: SavingInputs, asset_id: int | None = 7) -> dict[str, Figure]:
    return {figure.kpi: figure for figure in tell_savings(inputs) if figure.asset_id == asset_id}


BEFORE = counted(START - 365 * DAY, 365, OLD_KW)
AFTER = counted(PERIOD[0], 28, NEW_KW, seed=2)


def test_saving_of_a_relamped_cabinet() -> None:
    """Forty per cent less power: forty per cent saved, within what one per cent of noise leaves open."""
    figures = told(inputs_of(BEFORE, AFTER))
    ratio, energy = figures["lighting_saving_ratio"], figures["lighting_energy_saved"]
    dark_h = sum(dark_hours(PERIOD[0] + n * DAY, PLACE) for n in range(28))
    assert ratio.value == pytest.approx(1 - NEW_KW / OLD_KW, abs=0.01)
    low, high = ratio.low or 0.0, ratio.high or 0.0
    assert low < 0.4 < high
    assert high - low < 0.03
    assert energy.value == pytest.approx((OLD_KW - NEW_KW) * dark_h, rel=0.02)
    assert energy.baseline == pytest.approx(OLD_KW * dark_h, rel=0.01)
    assert figures["lighting_cost_saved"].value == pytest.approx(0.15 * (energy.value or 0), rel=0.01)
    assert ratio.completeness == 1.0


def test_territory_adds_its_cabinets_up() -> None:
    second = replace(PROJECT, asset_id=8)
    before = [*BEFORE, *counted(START - 365 * DAY, 365, OLD_KW, 3, 8)]
    after = [*AFTER, *counted(PERIOD[0], 28, NEW_KW, 4, 8)]
    inputs = inputs_of(before, after, projects=(PROJECT, second))
    own = [told(inputs, asset)["lighting_energy_saved"] for asset in (7, 8)]
    together = told(inputs, None)["lighting_energy_saved"]
    assert together.value == pytest.approx(sum(figure.value or 0 for figure in own))
    widths = [(figure.high or 0) - (figure.low or 0) for figure in (*own, together)]
    assert max(widths[:2]) < widths[2] < widths[0] + widths[1]


def test_a_tripped_cabinet_saves_nothing() -> None:
    """Three nights without light count as outages; the same nights under an order count as saved."""
    out = [replace(row, increase=0.01, off_peak=0.0) if 10 <= i < 13 else row for i, row in enumerate(AFTER)]
    whole, cut = told(inputs_of(BEFORE, AFTER)), told(inputs_of(BEFORE, out))
    order = ScheduledHours(7, "switch_off", time(18), time(8), 0.0, PERIOD[0] + 10 * DAY, PERIOD[0] + 13 * DAY)
    ordered = told(inputs_of(BEFORE, out, schedules=(order,)))
    ratio = {"whole": whole, "cut": cut, "ordered": ordered}
    values = {name: figures["lighting_saving_ratio"].value or 0.0 for name, figures in ratio.items()}
    assert values["cut"] == pytest.approx(values["whole"], abs=0.003)
    assert values["ordered"] > values["whole"] + 0.05
    assert cut["lighting_saving_ratio"].proof["n_outage_nights"] == 3


def test_bill_is_as_metered_at_the_prices_of_the_day() -> None:
    """Prices double with the new year: the bill grows although energy falls."""
    dearer = replace(PRICE, price_eur=0.4, off_peak_price_eur=0.2, valid_from=START)
    prices = (replace(PRICE, valid_to=START), dearer)
    figures = told(inputs_of(BEFORE, AFTER, prices=prices))
    then = sum(0.15 * row.increase for row in BEFORE if date(2025, 2, 1) <= row.day < date(2025, 3, 1))
    now = sum(0.30 * row.increase for row in AFTER)
    assert figures["lighting_bill_reduction"].value == pytest.approx(then - now, rel=1e-6)
    assert figures["lighting_bill_reduction"].baseline == pytest.approx(then, rel=1e-6)
    assert (figures["lighting_cost_saved"].value or 0) > 0 > (figures["lighting_bill_reduction"].value or 0)


def test_energy_of_a_silent_gateway_is_found_again() -> None:
    """The counter goes on: what it counted in two nights without messages is in the total, the interval unmoved."""
    lost = AFTER[12].increase + AFTER[13].increase
    span = AFTER[12].span_s + AFTER[13].span_s + AFTER[14].span_s
    late = replace(AFTER[14], increase=AFTER[14].increase + lost, off_peak=AFTER[14].off_peak + lost / 2, span_s=span)
    gap = [*AFTER[:12], late, *AFTER[15:]]
    full, gapped = told(inputs_of(BEFORE, AFTER)), told(inputs_of(BEFORE, gap))
    kpi = "lighting_energy_saved"
    assert gapped[kpi].value == pytest.approx(full[kpi].value, rel=0.002)
    assert gapped[kpi].completeness == 1.0


def test_nights_nobody_accounts_for_widen_the_interval() -> None:
    full, cut = told(inputs_of(BEFORE, AFTER)), told(inputs_of(BEFORE, AFTER[:-3]))
    kpi = "lighting_saving_ratio"
    assert (cut[kpi].low or 0) < (full[kpi].low or 0) - 0.03
    assert (cut[kpi].high or 0) > (full[kpi].high or 0) + 0.03
    assert cut[kpi].value == pytest.approx(full[kpi].value, abs=0.01)
    assert cut[kpi].completeness == pytest.approx(25 / 28)


@pytest.mark.parametrize(
    ("inputs", "reason"),
    [
        (inputs_of(BEFORE[-10:], AFTER), "10 metered nights"),
        (inputs_of([], AFTER), "0 metered nights"),
        (inputs_of(BEFORE, []), "does not account"),
        (inputs_of(BEFORE, AFTER, projects=(replace(PROJECT, latitude=None),)), "no position"),
        (inputs_of([replace(row, increase=0.0) for row in BEFORE], AFTER), "counted nothing"),
        (
            inputs_of(BEFORE[200:], counted(PERIOD[0], 28, 1.0), period=(date(2026, 6, 1), date(2026, 7, 1))),
            "longer or",
        ),
        (inputs_of(BEFORE, AFTER[:12]), "too little data"),
    ],
)
def test_what_cannot_be_told_is_withheld(inputs: SavingInputs, reason: str) -> None:
    for asset_id in (7, None):
        figures = told(inputs, asset_id)
        assert {figure.value for figure in figures.values()} == {None}
        assert reason in str(figures["lighting_energy_saved"].withheld)


def test_no_tariff_withholds_euros_only() -> None:
    figures = told(inputs_of(BEFORE, AFTER, prices=()))
    assert figures["lighting_energy_saved"].value is not None
    assert "tariff" in str(figures["lighting_cost_saved"].withheld)
    assert "tariff" in str(figures["lighting_bill_reduction"].withheld)


def test_period_before_the_works_is_not_told() -> None:
    assert tell_savings(inputs_of(BEFORE, AFTER, period=(date(2025, 11, 1), date(2025, 12, 1)))) == []


@given(gaps=st.lists(st.tuples(st.integers(1, 25), st.integers(1, 4)), max_size=4))
def test_joined_nights_lose_nothing_between_first_and_last(gaps: list[tuple[int, int]]) -> None:
    """Whatever nights fall silent and are told by the next count, the energy of the joined stretches is the same."""
    rows = counted(START, 30, OLD_KW)
    silent = {at + ahead for at, length in gaps for ahead in range(length)} - {0, 29}
    kept: list[MeteredDay] = []
    owed_kwh = owed_s = 0.0
    for index, row in enumerate(rows):
        if index in silent:
            owed_kwh, owed_s = owed_kwh + row.increase, owed_s + row.span_s
        else:
            kept.append(replace(row, increase=row.increase + owed_kwh, span_s=row.span_s + owed_s))
            owed_kwh = owed_s = 0.0
    stretches = join_nights(kept, PLACE)
    longest = max((sum(1 for _ in run) for run in runs(silent)), default=0)
    if longest < 7:
        assert sum(s.kwh for s in stretches) == pytest.approx(sum(row.increase for row in rows))
        assert sum(s.n_nights for s in stretches) == 30


def runs(days: set[int]) -> list[list[int]]:
    """Group days into runs of consecutive ones."""
    grouped: list[list[int]] = []
    for day in sorted(days):
        if grouped and grouped[-1][-1] == day - 1:
            grouped[-1].append(day)
        else:
            grouped.append([day])
    return grouped


@pytest.mark.parametrize(("memory", "share"), [(0.0, 0.0), (0.97, 0.6)])
def test_interval_of_a_prediction_covers_the_truth(memory: float, share: float) -> None:
    """Two hundred meters disturbed as the model assumes: the 90 % interval holds 84 to 96 % of what truly came."""
    draws = np.random.default_rng(5)
    days = np.arange(365 + 60)
    factor = np.linalg.cholesky(Noise(share, memory, 0, 1).correlation(days) + 1e-9 * np.eye(days.size))
    dark = np.array([dark_hours(START + int(n) * DAY, PLACE) for n in days])
    errors = []
    meters = []
    for _ in range(200):
        kwh = dark * OLD_KW * (1 + 0.02 * (factor @ draws.normal(size=days.size)))
        stretches = [Stretch(START + n * DAY, 1, float(dark[n]), float(kwh[n]), 0.0) for n in range(365)]
        meters.append((fit_nights(stretches), float(kwh[365:].sum())))
    noise = learn_noise([model.residuals for model, _ in meters[:12]])
    nights = [(START + int(n) * DAY, float(dark[n])) for n in days[365:]]
    for model, truth in meters:
        guess = predict(model, nights, noise)
        errors.append((truth - guess.kwh) / guess.standard_error)
    inside = np.mean(np.abs(errors) < 1.645)
    assert 0.84 <= inside <= 0.96
