"""What an import would change, against what stands."""

from dataclasses import replace

import pytest

from sensors.asset_entry import AssetEntry
from sensors.asset_file.changes import FieldChange, Plan, plan_import
from sensors.asset_file.entry import AssetLine, RefusedLine
from sensors.earth import distance_m

LAMP = AssetEntry("town", "lamp-1", "Lamp 1", "street_light", 5.0, 47.0, None, {"lamp_power_w": 70, "note": "old"})
STANDING = {("town", "lamp-1"): LAMP}


def a_line(slug: str = "lamp-1", **said: object) -> AssetLine:
    empty = AssetLine(2, "town", slug, None, None, None, None, None, {})
    return replace(empty, **said)  # type: ignore[arg-type]  # fields by name


def plan(*lines: AssetLine, refused: tuple[RefusedLine, ...] = ()) -> Plan:
    return plan_import(lines, refused, STANDING, frozenset({"town"}))


def test_what_a_line_does_not_say_stays_and_the_same_again_changes_nothing() -> None:
    first = plan(a_line(name="Forges", attributes={"note": "new"}))
    (change,) = first.changes
    assert change.fate == "changed"
    assert list(change.changes) == [
        FieldChange("name", "Lamp 1", "Forges"),
        FieldChange("attributes.note", "old", "new"),
    ]
    assert change.asset.attributes == {"lamp_power_w": 70, "note": "new"}
    assert (change.asset.longitude, change.asset.type) == (5.0, "street_light")
    again = plan_import(
        [a_line(name="Forges", attributes={"note": "new"})], [], {("town", "lamp-1"): change.asset}, frozenset({"town"})
    )
    assert [found.fate for found in again.changes] == ["unchanged"]


def test_a_move_is_told_in_metres() -> None:
    (change,) = plan(a_line(longitude=5.0, latitude=47.001)).changes
    assert change.moved_m == pytest.approx(111.2, abs=0.2)
    assert distance_m((5.0, 47.0), (5.0, 47.0)) == 0.0


def test_new_assets_need_a_type_and_parents_come_first() -> None:
    found = plan(
        a_line("child", type="street_light", parent="cabinet", line=2),
        a_line("cabinet", type="light_cabinet", line=3),
        a_line("typeless", line=4),
        a_line("orphan", type="street_light", parent="nowhere", line=5),
        a_line("a", type="street_light", parent="b", line=6),
        a_line("b", type="street_light", parent="a", line=7),
        a_line("abroad", territory="other", type="street_light", line=8),
    )
    assert [change.asset.slug for change in found.changes] == ["cabinet", "child"]
    assert [(line.line, line.slug) for line in found.refused] == [
        (4, "typeless"), (5, "orphan"), (6, "a"), (7, "b"), (8, "abroad"),
    ]  # fmt: skip
    for line, words in zip(
        found.refused, ("needs a type", "'nowhere'", "above itself", "above itself", "no territory other"), strict=True
    ):
        assert words in line.reason


def test_attributes_are_read_by_the_kind_of_the_asset_that_stands() -> None:
    standing = {
        ("town", "bin"): AssetEntry("town", "bin", "Bin", "waste_container", None, None, None, {"capacity_l": 770})
    }
    same = plan_import([a_line("bin", attributes={"capacity_l": "770"})], [], standing, frozenset({"town"}))
    assert [change.fate for change in same.changes] == ["unchanged"]
    wrong = plan_import([a_line("bin", attributes={"capacity_l": "big"})], [], standing, frozenset({"town"}))
    assert "'big' is no number" in wrong.refused[0].reason
