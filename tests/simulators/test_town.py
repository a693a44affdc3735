"""The town: the same for the same seed, whatever the cut of time; sizes; what makes no sense is refused."""

from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from sensors.quantity import find_quantity
from sensors.topic import is_device_id
from sensors.types import find_asset_type
from simulators.reference import reference_of
from simulators.town import Town, TownError
from tests.support.towns import START, a_quiet_town, a_town, all_rows, generate_days


def test_same_seed_gives_the_same_measurements() -> None:
    first, second = (all_rows(generate_days(a_town(11), 3)) for _ in range(2))
    assert first.keys() == second.keys()
    for family, table in first.items():
        np.testing.assert_array_equal(table.at_s, second[family].at_s)
        np.testing.assert_array_equal(table.values, second[family].values)


def test_another_seed_gives_another_town() -> None:
    first, second = (all_rows(generate_days(a_town(seed), 1))["weather"] for seed in (1, 2))
    assert not np.array_equal(first.values, second.values)


@pytest.mark.parametrize("block", [timedelta(hours=1), timedelta(hours=7), timedelta(minutes=100), timedelta(days=3)])
def test_measurements_do_not_depend_on_the_length_of_blocks(block: timedelta) -> None:
    days, cut = (all_rows(generate_days(a_town(4), 4, block=length)) for length in (None, block))
    assert days.keys() == cut.keys()
    for family, table in days.items():
        np.testing.assert_array_equal(table.at_s, cut[family].at_s)
        np.testing.assert_array_equal(table.values, cut[family].values)
        np.testing.assert_array_equal(table.sent_s, cut[family].sent_s)


def test_a_later_start_of_generation_gives_the_same_rows() -> None:
    """State is carried from the town's first day: asking for the third day alone gives the third day."""
    whole = all_rows(generate_days(a_town(4), 3))["bay"]
    alone = all_rows(generate_days(a_town(4), 1, first_day=2))["bay"]
    inside = whole.take(whole.at_s >= int((START + timedelta(days=2)).timestamp()))
    np.testing.assert_array_equal(inside.values, alone.values)


def test_val_de_tille_has_what_it_should() -> None:
    town = a_town()
    counts = {kind: len(assets) for kind, assets in town.roll.by_type.items()}
    expected = {
        "street_light": 400,
        "light_cabinet": 12,
        "parking_bay": 150,
        "car_park": 3,
        "waste_container": 120,
        "building": 6,
        "air_handling_unit": 6,
        "pump": 2,
        "weather_station": 1,
    }
    assert {kind: counts[kind] for kind in expected} == expected
    assert counts["lift"] >= 1
    assert counts["boiler"] + counts["heat_meter"] == 6


def test_every_name_is_known_to_the_registries_of_sensors() -> None:
    town = a_town()
    assert {asset.type for asset in town.assets if find_asset_type(asset.type) is None} == set()
    columns = {c.quantity for table in generate_days(town, 1)[0].tables for c in table.columns}
    assert {name for name in columns if find_quantity(name) is None} == set()
    assert all(is_device_id(device.external_id) for device in town.devices)


def test_values_lie_in_the_range_of_their_quantity() -> None:
    for table in generate_days(a_town(8), 20)[-1].tables:
        for position, column in enumerate(table.columns):
            quantity, values = find_quantity(column.quantity), table.values[:, position]
            assert quantity is not None
            values = values[~np.isnan(values)]
            assert quantity.low <= values.min(initial=quantity.low), column
            assert values.max(initial=quantity.high) <= quantity.high, column


def test_slugs_are_unique_and_parents_come_first() -> None:
    town = a_town()
    seen: set[str] = set()
    for asset in town.assets:
        assert asset.slug not in seen
        assert asset.parent is None or asset.parent in seen
        seen.add(asset.slug)
    known: set[str] = set()
    for device in town.devices:
        assert device.external_id not in known
        assert device.gateway is None or device.gateway in known
        assert set(device.placements.values()) <= seen
        known.add(device.external_id)


def test_only_meters_report_before_the_town_is_fitted_out() -> None:
    town = a_town(history_days=3)
    rows = all_rows(town.generate(START - timedelta(days=2), START))
    assert rows.keys() == {
        "weather",
        "cabinet",
        "electricity_meter",
        "gas_meter",
        "heat_meter",
        "water_meter",
        "gateway",
    }


def test_one_option_makes_twenty_thousand_lamps() -> None:
    town = a_town(lamps=20_000)
    assert len(town.roll.by_type["street_light"]) == 20_000
    assert len(town.roll.by_type["light_cabinet"]) == 600
    lamps = all_rows(generate_days(town, 1))["lamp"]
    assert np.unique(lamps.device).size > 19_900  # a silent gateway may hide some


def test_towns_of_one_run_differ() -> None:
    first, second = Town(1, "un", START, history_days=0), Town(2, "deux", START, history_days=0)
    assert first.setting.latitude != second.setting.latitude
    assert first.territory.slug != second.territory.slug


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ({"seed": -1}, "seed must lie between 0"),
        ({"seed": 2**32}, "seed must lie between 0"),
        ({"slug": "Val de Tille"}, "small letters"),
        ({"scale": 0.0}, "scale must lie between"),
        ({"scale": 1000.0}, "scale must lie between"),
        ({"lamps": 5}, "between 12 and 20,000"),
        ({"lamps": 50_000}, "between 12 and 20,000"),
        ({"start": datetime(1970, 1, 1, tzinfo=UTC)}, "between 2016 and 2038"),
        ({"start": datetime(2025, 1, 1)}, "time zone"),  # noqa: DTZ001  that is the point
        ({"history_days": -3}, "history"),
    ],
)
def test_what_makes_no_sense_is_refused_in_a_sentence(arguments: dict[str, object], sentence: str) -> None:
    with pytest.raises(TownError, match=sentence):
        Town(**arguments)  # type: ignore[arg-type]


def test_a_period_that_ends_before_it_starts_is_refused() -> None:
    with pytest.raises(TownError, match="must end after it starts"):
        next(a_town().generate(START, START - timedelta(days=1)))


def test_a_period_before_the_history_is_refused() -> None:
    with pytest.raises(TownError, match="no data before"):
        next(a_town().generate(START - timedelta(days=1), START))


def test_devices_send_as_often_as_they_are_said_to() -> None:
    """Registered intervals hold once everything reports, and those of the reference data before."""
    town = a_quiet_town(3, history_days=3)
    before = {said.profile: said.interval_s for said in reference_of(town, START).intervals}
    for first_day, said in ((1, {}), (-2, before)):
        for index, at_s in sent_by_device(town, first_day).items():
            device = town.devices[index]
            interval_s = said.get(device.model, device.interval_s)
            if interval_s is not None and at_s.size > 2:
                assert np.median(np.diff(at_s)) <= interval_s, device.external_id


def sent_by_device(town: Town, first_day: int) -> dict[int, np.ndarray]:
    """Give the instants at which each device measured something, in one day."""
    tables = all_rows(generate_days(town, 1, first_day=first_day)).values()
    devices, at_s = (np.concatenate([getattr(table, name) for table in tables]) for name in ("device", "at_s"))
    return {index: np.unique(at_s[devices == index]) for index in np.unique(devices).tolist()}
