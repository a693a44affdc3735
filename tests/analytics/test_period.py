"""Civil days, nights and months, with the hours that the clock skips and repeats."""

from datetime import UTC, date, datetime

from analytics.period import periods_of, same_day, with_following_months

FAR = datetime(2030, 1, 1, tzinfo=UTC)


def lengths_h(day: datetime, rhythm: str, until: datetime = FAR) -> dict[str, list[float]]:
    lengths: dict[str, list[float]] = {}
    for period in periods_of(day, "Europe/Paris", rhythm, until):  # type: ignore[arg-type]
        hours = (period.ends_at - period.begins_at).total_seconds() / 3600
        lengths.setdefault(period.kind, []).append(hours)
    return lengths


def test_days_have_23_24_or_25_hours() -> None:
    assert lengths_h(datetime(2025, 3, 30, 12, tzinfo=UTC), "day")["day"] == [23]
    assert lengths_h(datetime(2025, 6, 1, 12, tzinfo=UTC), "day")["day"] == [24]
    assert lengths_h(datetime(2025, 10, 26, 12, tzinfo=UTC), "day")["day"] == [25]


def test_a_day_touches_the_night_before_and_the_night_after() -> None:
    periods = periods_of(datetime(2025, 3, 30, 12, tzinfo=UTC), "Europe/Paris", "night", FAR)
    nights = [period for period in periods if period.kind == "night"]
    assert nights[0].begins_at == datetime(2025, 3, 29, 11, tzinfo=UTC)
    assert nights[0].ends_at == nights[1].begins_at == datetime(2025, 3, 30, 10, tzinfo=UTC)


def test_periods_that_have_not_ended_are_left_out() -> None:
    until = datetime(2025, 6, 15, 22, tzinfo=UTC)  # the end of 15 June in Paris
    assert lengths_h(datetime(2025, 6, 15, 12, tzinfo=UTC), "day", until) == {"day": [24]}
    assert lengths_h(datetime(2025, 6, 16, 12, tzinfo=UTC), "day", until) == {}


def test_first_of_a_month_brings_the_month_before() -> None:
    until = datetime(2025, 7, 1, 22, tzinfo=UTC)
    assert lengths_h(datetime(2025, 7, 1, 12, tzinfo=UTC), "day", until) == {"day": [24], "month": [720]}


def test_months_that_follow_are_added_as_far_as_they_have_ended() -> None:
    october = periods_of(datetime(2025, 10, 5, 12, tzinfo=UTC), "Europe/Paris", "month", FAR)
    until = datetime(2026, 2, 28, 23, tzinfo=UTC)
    found = with_following_months(october, "Europe/Paris", 11, until)
    assert [period.begins_at.month for period in found] == [9, 10, 11, 12, 1]
    assert [period.ends_at.hour for period in found] == [23] * 5
    assert found[-1].ends_at == until


def test_same_day_of_a_baseline_across_a_leap_day() -> None:
    """365 days from 18 May 2023 end on 16 May 2024: the 17th is not among them, the days beside it are."""
    first, end = date(2023, 5, 18), date(2024, 5, 17)
    assert same_day(date(2025, 5, 16), first, end) == date(2024, 5, 16)
    assert same_day(date(2025, 5, 17), first, end) == date(2024, 5, 16)
    assert same_day(date(2025, 5, 18), first, end) == date(2023, 5, 18)
    assert same_day(date(2028, 2, 29), first, end) == date(2024, 2, 28)


def test_same_day_of_half_a_year_is_not_made_up() -> None:
    first, end = date(2023, 1, 1), date(2023, 7, 1)
    assert same_day(date(2024, 7, 1), first, end) == date(2023, 6, 30)  # beside the last
    assert same_day(date(2024, 7, 2), first, end) is None
    assert same_day(date(2024, 12, 31), first, end) == date(2023, 1, 1)
    assert same_day(date(2022, 6, 1), first, end) is None
