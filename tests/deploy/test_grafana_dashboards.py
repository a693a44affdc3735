"""Dashboards keep the rules of the house and of Grafana's own schemas. No Grafana server is needed or used."""

import json
from typing import Any

import pytest
from jsonschema import Draft7Validator

from deploy.grafana.dashboards import BuiltDashboard
from deploy.grafana.unit import GRAFANA_UNIT_BY_UCUM
from sensors.quantity import QUANTITIES
from tests.support.grafana_panels import PAGE_URL, dashboards, query_variables
from tests.support.shared import shared_data

DASHBOARDS = dashboards()
PANELS = [(built, panel) for built in DASHBOARDS for panel in built.model["panels"]]
every_dashboard = pytest.mark.parametrize("built", DASHBOARDS, ids=lambda built: built.uid)
every_panel = pytest.mark.parametrize(
    ("built", "panel"), PANELS, ids=[f"{built.uid}-{panel['id']}-{panel['type']}" for built, panel in PANELS]
)


def schema(name: str) -> dict[str, Any]:
    """Give one of Grafana's published JSON Schemas."""
    path = shared_data("payloads") / "grafana" / "jsonschema" / f"{name}.jsonschema.json"
    return dict(json.loads(path.read_text(encoding="utf-8")))


def dashboard_schema() -> dict[str, Any]:
    """Give the schema of a dashboard, with the two places mended where its export wrote "object" for "anything".

    Grafana's own overrides hold texts and numbers there (the option of `byName` is a column's name). What ours hold is
    checked below.
    """
    grammar = schema("dashboard")
    grammar["definitions"]["MatcherConfig"]["properties"]["options"].pop("type")
    grammar["definitions"]["DynamicConfigValue"]["properties"]["value"].pop("type")
    return grammar | {"$ref": "#/definitions/Dashboard"}


def complaints(document: object, grammar: dict[str, Any]) -> list[str]:
    """Give what a schema finds wrong."""
    return [f"{error.json_path}: {error.message}" for error in Draft7Validator(grammar).iter_errors(document)]


def test_each_dashboard_exists_in_both_languages() -> None:
    names = {built.name for built in DASHBOARDS}
    assert {built.uid for built in DASHBOARDS} == {
        f"vigie-{name}-{tongue}" for name in names for tongue in ("fr", "en")
    }


def test_building_twice_gives_the_same() -> None:
    assert [built.model for built in dashboards()] == [built.model for built in DASHBOARDS]


@every_dashboard
@pytest.mark.shared_data
def test_a_dashboard_is_valid_under_grafanas_schema(built: BuiltDashboard) -> None:
    assert complaints(built.model, dashboard_schema()) == []


@every_panel
@pytest.mark.shared_data
def test_a_panel_is_valid_under_its_own_schema(built: BuiltDashboard, panel: dict[str, Any]) -> None:
    grammar = schema(panel["type"].replace("-", ""))
    options = {"definitions": grammar["definitions"], "$ref": "#/definitions/Options"}
    assert complaints(panel.get("options", {}), options) == []
    if "FieldConfig" in grammar["definitions"]:
        custom = {"definitions": grammar["definitions"], "$ref": "#/definitions/FieldConfig"}
        assert complaints(panel["fieldConfig"]["defaults"].get("custom", {}), custom) == []


@every_panel
@pytest.mark.shared_data
def test_overrides_use_options_that_the_panel_has(built: BuiltDashboard, panel: dict[str, Any]) -> None:
    standard = set(schema("dashboard")["definitions"]["FieldConfig"]["properties"])
    fields = schema(panel["type"].replace("-", ""))["definitions"].get("FieldConfig", {})
    if "$ref" in fields:
        fields = schema("common")["definitions"]["TableFieldOptions"]
    own = {f"custom.{name}" for name in fields.get("properties", {})}
    for override in panel["fieldConfig"].get("overrides", []):
        assert override["matcher"]["id"] in {"byName", "byRegexp"}
        assert isinstance(override["matcher"]["options"], str)
        assert {one["id"] for one in override["properties"]} <= standard | own


@pytest.mark.shared_data
def test_grafanas_schema_catches_a_mistake() -> None:
    broken = {**DASHBOARDS[0].model, "panels": "none"}
    assert complaints(broken, dashboard_schema())


@every_dashboard
def test_no_two_panels_of_a_dashboard_are_called_the_same(built: BuiltDashboard) -> None:
    titles = [panel["title"] for panel in built.model["panels"]]
    assert len(set(titles)) == len(titles)


@every_dashboard
def test_a_dashboard_is_not_edited_by_hand(built: BuiltDashboard) -> None:
    assert built.model["editable"] is False
    assert built.model["uid"] == built.uid


@every_panel
def test_a_panel_says_what_it_shows(built: BuiltDashboard, panel: dict[str, Any]) -> None:
    assert panel["title"]
    assert panel["description"]
    defaults = panel["fieldConfig"]["defaults"]
    assert defaults["unit"]
    assert defaults["thresholds"]["steps"][0].get("value") is None
    assert defaults["noValue"]
    assert panel["targets"]


@every_panel
def test_a_panel_asks_the_chosen_data_source(built: BuiltDashboard, panel: dict[str, Any]) -> None:
    expected = {"type": "grafana-postgresql-datasource", "uid": "${source}"}
    assert panel["datasource"] == expected
    assert [target["datasource"] for target in panel["targets"]] == [expected] * len(panel["targets"])


@every_dashboard
def test_variables_are_asked_again_when_the_time_changes(built: BuiltDashboard) -> None:
    names = [one["name"] for one in built.model["templating"]["list"]]
    assert names[:2] == ["source", "vigie"]
    assert {"territory", "type", "asset"} <= set(names)
    assert {one["refresh"] for one in query_variables(built)} == {2}


@every_dashboard
def test_panels_do_not_overlap_and_fit(built: BuiltDashboard) -> None:
    taken: set[tuple[int, int]] = set()
    for panel in built.model["panels"]:
        place = panel["gridPos"]
        cells = {
            (column, row)
            for column in range(place["x"], place["x"] + place["w"])
            for row in range(place["y"], place["y"] + place["h"])
        }
        assert max(column for column, _ in cells) < 24
        assert not cells & taken
        taken |= cells


@every_dashboard
def test_links_lead_to_vigies_page(built: BuiltDashboard) -> None:
    text = json.dumps(built.model)
    assert '"url": "${vigie}/"' in text
    assert ('"asset_id"' in text) == ("${vigie}/#asset=${__data.fields.asset_id}" in text)
    assert text.count("http") == text.count(PAGE_URL)


def test_units_come_from_the_registry() -> None:
    known = {quantity.unit for quantity in QUANTITIES.values()}
    assert set(GRAFANA_UNIT_BY_UCUM) <= known
