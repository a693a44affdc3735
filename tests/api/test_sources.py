"""Sources over the API: how each session fares, what each brought, seen by those for whom it may speak."""

import json
from typing import Any

import pytest

from store.connect import connect
from store.registry import TerritoryEntry, register
from store.sources import RuleEntry, SourceEntry, StateRow, write_source, write_states
from tests.support.desk import Desk
from tests.support.technician import get, key_for

pytestmark = pytest.mark.services

RULE = RuleEntry("chirpstack")


@pytest.fixture
def desk(database_url: str) -> Desk:
    """Two communes of a region; a source of each, one for all, each with its sessions and a day's counts."""
    with connect(database_url, program="test") as connection:
        register(
            connection,
            [TerritoryEntry("region", "R", "region")]
            + [TerritoryEntry(slug, slug, parent="region") for slug in ("north", "south")],
        )
        write_source(
            connection,
            SourceEntry("stack", "mqtts://stack.test:8883", (RULE,), "north", "3.1.1", "somebody", "env:STACK_SECRET"),
        )
        write_source(connection, SourceEntry("pit", "mqtt://pit.test", (RuleEntry("senml_json", territory="south"),)))
        write_source(connection, SourceEntry("shared", "mqtt://shared.test", (RULE, RuleEntry("tasmota"))))
        write_states(
            connection,
            [
                StateRow("own", "vigie-1", True, 1_780_000_000_000_000, 1_780_000_100_000_000, ""),
                StateRow("stack", "stack", True, 1_780_000_000_000_000, None, ""),
                StateRow("stack", "stack/state", False, 1_780_000_000_000_000, None, "connection refused"),
                StateRow("shared", "shared", True, 1_780_000_000_000_000, None, ""),
            ],
        )
        connection.execute("update source_states set noted_at = now() - interval '2 minutes' where source = 'shared'")
        connection.execute(
            "insert into deliveries (source, territory_id, arrival_hour, n_messages, n_received, n_stored, n_duplicate,"
            " n_rejected, n_revised) select source, territory_id, now() - past, 1, 10, 7, 2, 1, 0 from territories,"
            " (values ('stack', interval '0'), ('stack', interval '2 days'), ('http', interval '1 hour'))"
            " as brought (source, past) where slug <> 'region'"
        )
    return Desk(database_url, "region")


def sources(desk: Desk, *territories: str) -> dict[str, dict[str, Any]]:
    key = key_for(desk, territories[0], "read")
    return {item["source"]: item for item in get(desk, key, "/v1/sources")["items"]}


def test_each_source_shows_its_worst_session_and_a_days_counts(desk: Desk) -> None:
    found = sources(desk, "region")
    assert {name: one["state"] for name, one in found.items()} == {
        "own": "connected",
        "http": None,
        "pit": None,
        "shared": "unknown",
        "stack": "disconnected",
    }
    assert next(iter(found)) == "own"
    assert [session["error"] for session in found["stack"]["sessions"]] == ["", "connection refused"]
    assert [found["stack"][name] for name in ("n_received", "n_stored", "n_duplicate", "n_rejected")] == [20, 14, 4, 2]
    assert found["shared"]["formats"] == ["chirpstack", "tasmota"]
    assert found["own"]["sessions"][0]["last_message_at"].startswith("2026-05-28T20:28:20")


@pytest.mark.parametrize(
    ("territory", "names"), [("north", {"own", "shared", "stack", "http"}), ("south", {"own", "shared", "pit", "http"})]
)
def test_a_key_sees_the_sources_that_may_speak_for_its_territory(desk: Desk, territory: str, names: set[str]) -> None:
    """The south has counts of a source that speaks for the north only: they are told, its address is not."""
    found = sources(desk, territory)
    assert {name for name, one in found.items() if one["url"] or name in {"own", "http"}} == names
    assert found["http"]["n_received"] == 10


def test_no_credentials_are_told(desk: Desk) -> None:
    told = json.dumps(sources(desk, "region"))
    assert "STACK_SECRET" not in told
    assert "somebody" not in told
