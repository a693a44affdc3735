"""A mapping that cannot be is refused before the first row; the sentence names file, key and what was expected."""

from pathlib import Path

import pytest

from simulators.mapping import built_in_names, read_mapping
from simulators.mapping_checks import MappingError

GOOD = """
title = "Rooms"
[territory]
slug = "dijon"
name = "Dijon"
time_zone = "Europe/Paris"
[time]
column = "time"
[[devices]]
id = "room"
asset = { type = "building_zone", name = "Room" }
[[values]]
column = "t"
quantity = "temperature"
"""


@pytest.mark.parametrize("name", built_in_names())
def test_built_in_mapping_can_be_used(name: str) -> None:
    assert read_mapping(name).values


def test_built_in_mappings_are_those_of_the_shared_sets() -> None:
    assert {
        "lbnl-fdd-ahu",
        "parking-germany",
        "streetlight-power",
        "uci-occupancy",
        "wyndham-smart-bins",
    } <= set(built_in_names())


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ('slug = "dijon"', 'slug = "Dijon"', "territory.slug: expected `str` matching regex"),
        ('slug = "dijon"', "", "territory: object missing required field `slug`"),
        ('column = "t"', 'colum = "t"', r"values\[0\]: object contains unknown field `colum`"),
        ('column = "t"', "column = 3", r"values\[0\].column: expected `str`, got `int`"),
        ('time_zone = "Europe/Paris"', 'time_zone = "Paris"', "territory.time_zone: 'Paris' is no time zone"),
        ('column = "time"', 'column = "time"\nzone = "CET/Summer"', "time.zone: 'CET/Summer' is no time zone"),
        ('column = "time"', "", "time: expected either `column`, or `start` and `step_s`"),
        ('column = "time"', 'start = "2020-01-01T00:00:00Z"', "time: expected either `column`, or `start` and"),
        ('column = "time"', 'start = "2020-01-01 00:00"\nstep_s = 60', "time.start: '2020-01-01 00:00' is no instant"),
        ('column = "time"', 'start = "2020-01-01T00:00:00Z"\nstep_s = 0', "time.step_s: expected `float` > 0.0"),
        ('column = "time"', 'column = "time"\nformat = "dd/mm"', "time.format: 'dd/mm' is neither iso, unix, unix_ms"),
        ('"temperature"', '"warmth"', r"values\[0\] \(t\).quantity: 'warmth' is no quantity of Vigie"),
        ('"temperature"', '"temperature"\nunit = "kW"', r"values\[0\] \(t\).unit: 'kW' \(power\) instead of Cel"),
        ('"temperature"', '"temperature"\nunit = "warm"', r"values\[0\] \(t\).unit: 'warm' is not a known unit"),
        ('"temperature"', '"temperature"\ncodes = {a = "b"}', r"values\[0\] \(t\).codes: temperature is no state"),
        ('"temperature"', '"presence"\ncodes = {a = "b"}', r"codes: 'b' is none of absent, present"),
        ('"temperature"', '"temperature"\ndevice = "hall"', r"values\[0\] \(t\).device: 'hall' is none of room"),
        ('"building_zone"', '"castle"', r"devices\[0\].asset.type: 'castle' is no asset type"),
        ('id = "room"', 'id = "room 1"', r"devices\[0\].id: 'room 1' cannot be a device id"),
        ('id = "room"', 'id = "room-{value}"', r"devices\[0\]: \{value\} in `id` and `column` go together"),
        ('name = "Room"', 'name = "Room", attributes = {colour = 1}', r"'colour' is none of floor_area_m2, seats"),
        ("[time]", '[file]\nseparator = ";;"\n[time]', "file.separator: expected `str` of length <= 1"),
        ('title = "Rooms"', 'title = "Rooms"\ngateway = "my gate"', "gateway: 'my gate' cannot be a device id"),
        ('title = "Rooms"', 'title = "Rooms', "Illegal character"),
    ],
)
def test_wrong_mapping_is_told(tmp_path: Path, old: str, new: str, sentence: str) -> None:
    assert old in GOOD
    path = tmp_path / "rooms.toml"
    path.write_text(GOOD.replace(old, new))
    with pytest.raises(MappingError, match=sentence) as raised:
        read_mapping(str(path))
    assert str(raised.value).startswith("rooms.toml: ")


def test_two_columns_cannot_give_one_series(tmp_path: Path) -> None:
    path = tmp_path / "rooms.toml"
    path.write_text(GOOD + '[[values]]\ncolumn = "u"\nquantity = "temperature"\n')
    with pytest.raises(MappingError, match="two columns give temperature: tell them apart by channel or device"):
        read_mapping(str(path))


def test_absent_mapping_is_told_with_those_there_are(tmp_path: Path) -> None:
    with pytest.raises(MappingError, match=r"there is no mapping .*; give a path|one of .*wyndham-smart-bins"):
        read_mapping("wyndam")
