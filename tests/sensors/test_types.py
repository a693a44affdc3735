"""Asset types: one shared test over the registry; a new file in `sensors/types/` is tested by being there."""

import re

import pytest

from sensors.asset import AssetType
from sensors.quantity import QUANTITIES
from sensors.topic import CHANNEL_PATTERN
from sensors.types import asset_types, find_asset_type
from sensors.unit import find_unit

EVERY_TYPE = pytest.mark.parametrize("asset_type", asset_types().values(), ids=lambda asset_type: asset_type.name)

NEEDED = """street_light light_cabinet parking_bay car_park waste_container building_zone air_handling_unit boiler lift
electricity_meter gas_meter water_meter heat_meter water_pipe pump bridge_element road_section traffic_counter
people_counter weather_station gateway"""


@EVERY_TYPE
def test_type_observes_known_quantities_once_each(asset_type: AssetType) -> None:
    keys = [(observed.channel, observed.quantity) for observed in asset_type.quantities]
    assert keys
    assert len(set(keys)) == len(keys)
    for observed in asset_type.quantities:
        assert observed.quantity in QUANTITIES
        assert observed.channel == "" or re.fullmatch(CHANNEL_PATTERN, observed.channel)
        assert observed.interval_s is None or observed.interval_s > 0


@EVERY_TYPE
def test_a_value_holds_until_the_second_next_one_is_due(asset_type: AssetType) -> None:
    for observed in asset_type.quantities:
        assert observed.interval_s is None or 2 * observed.interval_s <= QUANTITIES[observed.quantity].longest_hold_s


@EVERY_TYPE
def test_type_has_names_and_sound_attributes(asset_type: AssetType) -> None:
    assert re.fullmatch("[a-z][a-z_]*", asset_type.name)
    assert asset_type.name_en
    assert asset_type.name_fr
    names = [attribute.name for attribute in asset_type.attributes]
    assert len(set(names)) == len(names)
    for attribute in asset_type.attributes:
        assert asset_type.attribute(attribute.name) is attribute
        assert attribute.unit is None or (attribute.kind == "number" and find_unit(attribute.unit))


def test_the_types_a_territory_needs_are_there() -> None:
    assert set(NEEDED.split()) <= set(asset_types())
    assert find_asset_type("dragon") is None
