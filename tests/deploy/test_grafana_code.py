"""What Grafana's own code makes of our panels: units it knows, and results of queries with their words."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from deploy.grafana.coded import CODES
from tests.support.grafana_asking import Session, choices, run, span_of
from tests.support.grafana_code import fields_of, look
from tests.support.grafana_panels import dashboards, named_columns, queries
from tests.support.grafana_town import town as town

pytestmark = [pytest.mark.services, pytest.mark.grafana]

PANELS = {f"{one.uid}: {panel['title']}": panel for one in dashboards() for panel in one.model["panels"]}
UNITS = {
    value
    for panel in PANELS.values()
    for value in [
        panel["fieldConfig"]["defaults"]["unit"],
        *(
            one["value"]
            for override in panel["fieldConfig"].get("overrides", [])
            for one in override["properties"]
            if one["id"] == "unit"
        ),
    ]
}
REDUCERS = {
    calc
    for panel in PANELS.values()
    for place in ("reduceOptions", "legend")
    for calc in panel.get("options", {}).get(place, {}).get("calcs", [])
}


def answered(town: Session) -> list[dict[str, Any]]:
    """Give every panel with the answer to its query, over a day."""
    span = span_of(datetime.now(UTC), timedelta(days=1))
    chosen = {board.uid: choices(town, board.uid, span) for board in dashboards()}
    found = []
    for query in queries():
        if query.kind:
            columns, rows = run(town, query, span, chosen[query.board])
            config = PANELS[str(query)]["fieldConfig"]
            given = {"key": str(query), "fieldConfig": config, "fields": fields_of(columns, rows[:20])}
            found.append({**given, "transformations": PANELS[str(query)].get("transformations", [])})
    return found


@pytest.fixture(scope="module")
def seen(town: Session) -> dict[str, Any]:
    """What Grafana's code says."""
    return look({"panels": answered(town)})


def test_grafana_knows_every_unit_and_reducer(seen: dict[str, Any]) -> None:
    assert len(seen["units"]) > 250
    assert set(seen["units"]) >= UNITS
    assert set(seen["reducers"]) >= REDUCERS
    used = {one["id"] for panel in PANELS.values() for one in panel.get("transformations", [])}
    assert used <= set(seen["transformers"])


def test_grafana_would_not_know_a_unit_that_is_mistyped(seen: dict[str, Any]) -> None:
    assert "kwath" not in seen["units"]


def test_every_column_gets_its_title(seen: dict[str, Any]) -> None:
    """In Grafana's hands no column that a table shows keeps the name that SQL gave it."""
    assert len(seen["panels"]) == len(PANELS)
    for panel in seen["panels"]:
        named = named_columns(PANELS[panel["key"]]) if PANELS[panel["key"]]["type"] == "table" else frozenset()
        for field in panel["fields"]:
            if field["name"] in named and not field["hidden"]:
                assert not re.search(r"_", field["title"]), (panel["key"], field)


def test_every_code_becomes_a_word(seen: dict[str, Any]) -> None:
    """A code in the store is shown as a word of the reader's language."""
    words = {word for code in CODES.values() for words, _ in code.values() for word in words}
    shown = {
        (field["name"], field["text"])
        for panel in seen["panels"]
        if PANELS[panel["key"]]["type"] == "table"
        for field in panel["fields"]
        if field["name"] in CODES and field["text"]
    }
    assert {name for name, _ in shown} >= {"severity", "verdict", "work_state", "basis", "presence"}
    assert {text for _, text in shown} <= words


def test_links_lead_to_the_asset(seen: dict[str, Any]) -> None:
    urls = {url for panel in seen["panels"] for field in panel["fields"] for url in field["links"]}
    assert {url.partition("?")[0] for url in urls} == {
        "/d/vigie-asset-fr", "/d/vigie-asset-en", "${vigie}/#asset=${__data.fields.asset_id}",
    }  # fmt: skip
