"""What the evaluation takes for true, and how it compares, by hand-made numbers."""

from datetime import UTC, date, datetime, timedelta

import msgspec
import pytest

from bench.evaluation.kpi_truth import Asked, Book, TrueValue, UntoldError, same_night, tell_truth
from bench.evaluation.kpis import Compared, compare, figures
from simulators.reference import reference_of
from simulators.truth import truth_of
from tests.support.towns import START, a_town

N_DAYS = 62


@pytest.fixture(scope="module")
def book() -> Book:
    """A town's truth with a year and a month of meters before two full months."""
    town = a_town(23, scale=0.1, history_days=400)
    history = START - timedelta(days=400)
    for _ in town.generate(history, START + timedelta(days=N_DAYS)):
        pass
    end = START + timedelta(days=N_DAYS)
    return Book(truth_of(town, end), reference_of(town, end))


def february(asset: str = "", hour: int = 11) -> Asked:
    """Ask about February 2025, from noon (civil) unless told otherwise."""
    return Asked(asset, datetime(2025, 2, 1, hour, tzinfo=UTC), datetime(2025, 3, 1, hour, tzinfo=UTC))


def test_saving_of_a_town_is_that_of_its_cabinets(book: Book) -> None:
    town = tell_truth(book, "lighting_energy_saved", february())
    own = [tell_truth(book, "lighting_energy_saved", february(one.asset)) for one in book.truth.lighting]
    assert town is not None
    assert town.value == pytest.approx(sum(one.value for one in own if one))
    ratio = tell_truth(book, "lighting_saving_ratio", february())
    assert ratio is not None
    assert ratio.value == pytest.approx(town.value / town.scale)
    assert 0.05 < ratio.value < 0.6


def test_parts_of_a_saving_add_up(book: Book) -> None:
    whole = tell_truth(book, "lighting_energy_saved", february())
    parts = [
        tell_truth(book, f"lighting_saved_by_{part}", february()) for part in ("relamping", "dimming", "switch_off")
    ]
    assert whole is not None
    assert sum(part.value for part in parts if part) == pytest.approx(whole.value)
    assert all(part is not None and part.value >= 0 for part in parts[1:])


def test_constant_price_lies_between_the_off_peak_and_the_peak_price(book: Book) -> None:
    saved = tell_truth(book, "lighting_energy_saved", february())
    cost = tell_truth(book, "lighting_cost_saved", february())
    assert saved
    assert cost
    tariff = next(one for one in book.reference.tariffs if one.valid_from.year == 2024 and one.use == "lighting")
    assert tariff.off_peak_price_eur is not None
    assert tariff.off_peak_price_eur < cost.value / saved.value < tariff.price_eur


def test_a_bill_before_the_first_known_tariff_is_not_told(book: Book) -> None:
    newest = [one for one in book.reference.tariffs if one.valid_to is None]
    late = Book(book.truth, msgspec.structs.replace(book.reference, tariffs=newest))
    assert tell_truth(book, "lighting_bill_reduction", february()) is not None
    assert tell_truth(late, "lighting_bill_reduction", february()) is None


def test_a_night_that_a_baseline_lacks_is_the_one_beside_it_or_none(book: Book) -> None:
    """365 nights across a 29 February hold each night of the calendar but one."""
    lighting = next(one for one in book.reference.projects if one.domain == "lighting")
    leap = msgspec.structs.replace(lighting, baseline_from=date(2023, 5, 18), baseline_to=date(2024, 5, 17))
    assert same_night(date(2025, 5, 16), leap) == date(2024, 5, 16)
    assert same_night(date(2025, 5, 17), leap) in (date(2024, 5, 16), date(2023, 5, 18))
    assert same_night(date(2028, 2, 29), leap) == date(2024, 2, 28)
    assert same_night(date(2025, 1, 1), leap) == date(2024, 1, 1)
    half = msgspec.structs.replace(lighting, baseline_from=date(2023, 1, 1), baseline_to=date(2023, 7, 1))
    with pytest.raises(UntoldError):
        same_night(date(2024, 8, 1), half)


def test_rounds_are_those_planned_and_not_driven(book: Book) -> None:
    asked = february(hour=23)
    avoided, share = (tell_truth(book, kpi, asked) for kpi in ("rounds_avoided", "rounds_avoided_ratio"))
    assert avoided
    assert share
    assert avoided.value == pytest.approx(share.value * avoided.scale)
    assert avoided.value == int(avoided.value)


def test_civil_days_take_their_hours_from_both_utc_days(book: Book) -> None:
    daily = [0.0] * len(book.truth.days)
    index = (date(2025, 2, 1) - book.truth.days[0]).days
    daily[index] = 24.0
    asked = Asked("", datetime(2025, 1, 31, 23, tzinfo=UTC), datetime(2025, 2, 1, 23, tzinfo=UTC))
    assert book.over_days(daily, asked) == pytest.approx(23.0)


def test_truth_does_not_tell_of_single_bays_nor_of_the_time_before_they_report(book: Book) -> None:
    asked = february("place-0001", 23)
    assert tell_truth(book, "bay_occupancy", asked) is None
    assert tell_truth(book, "bay_occupancy", february("", 23)) is not None
    before = Asked("", datetime(2024, 11, 30, 23, tzinfo=UTC), datetime(2024, 12, 31, 23, tzinfo=UTC))
    assert tell_truth(book, "bay_occupancy", before) is None
    assert tell_truth(book, "rounds_avoided", before) is not None


def test_month_without_heating_is_not_compared(book: Book) -> None:
    asked = february("", 23)
    cold = [msgspec.structs.replace(one, bought_kwh=[0.0] * len(one.bought_kwh)) for one in book.truth.buildings]
    unheated = Book(msgspec.structs.replace(book.truth, buildings=cold), book.reference)
    assert tell_truth(book, "building_energy_per_degree_day", asked) is not None
    assert tell_truth(unheated, "building_energy_per_degree_day", asked) is None
    hours = len(book.truth.temperature_low_c)
    warm = Book(msgspec.structs.replace(book.truth, temperature_low_c=[20.0] * hours), book.reference)
    warm = Book(msgspec.structs.replace(warm.truth, temperature_high_c=[20.0] * hours), book.reference)
    assert tell_truth(warm, "building_energy_per_degree_day", asked) is None


@pytest.mark.parametrize(
    ("told", "is_inside"),
    [((0.1, 0.2, 0.3), True), ((0.26, 0.3, 0.4), False), ((0.1, 0.2, 0.24), False), ((0.1, 0.2, None), True)],
)
def test_interval_holds_the_truth_or_not(told: tuple[float, float, float | None], is_inside: bool) -> None:
    one = compare("lighting_saving_ratio", True, TrueValue(0.25, 1.0), told, 1.0)
    assert (one.is_inside, one.error) == (is_inside, told[1] - 0.25)


def test_figures_leave_out_what_was_withheld_and_say_how_much() -> None:
    held = [Compared("rounds_avoided", True, True, error, 0.0, True) for error in (0.0, 0.1, 0.2)]
    withheld = compare("rounds_avoided", True, TrueValue(3, 10), (None, None, None), 0.0)
    found = {figure.name: figure.value for figure in figures([*held, withheld])}
    assert found["kpi.rounds_avoided.town.error_median"] == pytest.approx(0.1)
    assert found["kpi.rounds_avoided.town.told"] == 0.75


def test_coverage_has_a_goal_on_both_sides() -> None:
    sure = [Compared("lighting_saving_ratio", True, True, 0.0, 0.5, True)] * 20
    by_name = {figure.name: figure.line() for figure in figures(sure)}
    assert '"met": false' in by_name["kpi.lighting_saving_ratio.town.coverage"]  # too wide is as wrong as too narrow
    assert '"met": false' in by_name["kpi.lighting_saving_ratio.town.half_width_median"]
