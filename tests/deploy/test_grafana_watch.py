"""The one alert rule: it is valid under Grafana's schema, quiet while Vigie lives, and fires when it stands still."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import psycopg
import pytest
from jsonschema import Draft7Validator

from deploy.grafana.watch import QUERIES, SILENT_H, describe_group
from store.connect import connect
from store.registry import DeviceEntry, TerritoryEntry, register
from tests.support.grafana_asking import Session
from tests.support.grafana_macros import Range, expand
from tests.support.readers import MakeReader
from tests.support.shared import shared_data


@pytest.fixture
def lived(database_url: str, make_reader: MakeReader) -> Iterator[tuple[Session, Session]]:
    """A town with one device that delivered in this hour, with rollups up to it: as its reader, and as its owner."""
    with connect(database_url, program="test", autocommit=True) as owner:
        register(
            owner, [TerritoryEntry("town", "Town"), TerritoryEntry("idle", "Idle")], [], [DeviceEntry("town", "d")]
        )
        owner.execute(
            "insert into deliveries (territory_id, device_id, arrival_hour, n_messages, n_received, n_stored,"
            " n_duplicate, n_rejected, n_revised)"
            " select territory_id, device_id, date_trunc('hour', now()), 1, 1, 1, 0, 0, 0 from devices"
        )
        owner.execute("update rollup_watermarks set closed_to = %(t)s, computed_to = %(t)s", {"t": hours_ago(1)})
        with psycopg.connect(make_reader("town"), autocommit=True) as reader:
            yield reader, owner


def hours_ago(n: float) -> datetime:
    """Give an instant in the past."""
    return datetime.now(UTC) - timedelta(hours=n)


def silent_h(reader: Session) -> float:
    """Ask as Grafana's alerting does: macros, no variables."""
    row = reader.execute(expand(QUERIES["watch_vigie"], Range(hours_ago(1), hours_ago(0)))).fetchone()
    assert row is not None
    return float(row[0])


@pytest.mark.services
def test_it_is_quiet_while_messages_come_and_hours_are_computed(lived: tuple[Session, Session]) -> None:
    assert silent_h(lived[0]) < 0.5 < SILENT_H


@pytest.mark.services
@pytest.mark.parametrize(
    "broken",
    [
        "update deliveries set arrival_hour = arrival_hour - interval '5 hours'",
        "delete from deliveries",
        "update rollup_watermarks set computed_to = now() - interval '5 hours'",
    ],
)
def test_it_fires_when_nothing_comes_or_nothing_is_computed(lived: tuple[Session, Session], broken: str) -> None:
    lived[1].execute(broken.encode())
    assert silent_h(lived[0]) > SILENT_H


@pytest.mark.services
def test_it_is_quiet_where_no_device_is_in_service(lived: tuple[Session, Session], make_reader: MakeReader) -> None:
    lived[1].execute("update rollup_watermarks set computed_to = now() - interval '5 hours'")
    with psycopg.connect(make_reader("idle"), autocommit=True) as idle:
        assert silent_h(idle) == 0.0


@pytest.mark.shared_data
def test_it_is_valid_under_grafanas_schema() -> None:
    path = shared_data("payloads") / "grafana" / "jsonschema" / "alerting.jsonschema.json"
    grammar = json.loads(path.read_text(encoding="utf-8")) | {"$ref": "#/definitions/RuleGroup"}
    group = json.loads(json.dumps(describe_group("vigie", 3)))
    assert list(Draft7Validator(grammar).iter_errors(group)) == []
    del group["rules"][0]["ruleGroup"]
    assert list(Draft7Validator(grammar).iter_errors(group))
