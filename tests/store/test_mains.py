"""Mains and their breaks as the ranking reads them: notices and confirmed findings, each break once."""

from datetime import UTC, datetime, timedelta

import pytest

from sensors.asset_entry import AssetEntry
from sensors.work_order import Outcome
from store.connect import connect
from store.inputs import Connection, Window
from store.mains import Break, read_breaks, read_mains
from store.reference import Notice, Reference, enter_reference
from store.registry import TerritoryEntry, register
from store.results import Finding, open_finding
from store.work_orders import Asked, NewOrder, close_order, open_order

pytestmark = pytest.mark.services
START, DAY = datetime(2024, 1, 10, tzinfo=UTC), timedelta(days=1)
ATTRIBUTES = {"laid_in": 1962, "length_m": 84.5, "diameter_mm": "150", "material": "fonte grise", "street": "Rue A"}


def test_breaks_are_notices_and_confirmed_findings_each_once(database_url: str) -> None:
    with connect(database_url, program="test", autocommit=True) as connection:
        mains = [AssetEntry("a", slug, slug, "water_pipe", attributes=ATTRIBUTES) for slug in ("one", "two")]
        register(connection, [TerritoryEntry("a", "A"), TerritoryEntry("b", "B")], mains, [])
        known = [Notice("pipe_break", "one", START, START + DAY), Notice("roadworks", "two", START, START + DAY)]
        enter_reference(connection, Reference("a", notices=tuple(known)))
        row = connection.execute("select territory_id from territories where slug = 'a'").fetchone()
        assert row is not None
        window = Window(row[0], ("water_pipe",), START, START)
        one, two = read_mains(connection, window)
        assert (one.laid_in, one.length_m, one.diameter_mm) == (1962.0, 84.5, None)  # a text is no number
        assert (one.material, one.street, one.district, one.retired_at) == ("fonte grise", "Rue A", None, None)
        for asset_id, at in ((one.asset_id, START + 2 * DAY), (two.asset_id, START + 20 * DAY)):
            finding = Finding(row[0], "pipe_break", "pipe_break", "1", at, 2.0, "urgent", "en", "fr", {}, asset_id)
            open_finding(connection, finding)
        assert read_breaks(connection, window) == [Break(one.asset_id, START)]
        connection.execute(
            "insert into verdicts (finding_id, verdict, who, given_by)"
            " select finding_id, 'confirmed', 'who', 'test' from findings"
        )
        assert read_breaks(connection, window) == [Break(one.asset_id, START), Break(two.asset_id, START + 20 * DAY)]


def test_opened_hydrant_is_no_break(database_url: str) -> None:
    """Closed with another cause: the water ran, no main broke. Two findings of one incident are one break."""
    with connect(database_url, program="test", autocommit=True) as connection:
        mains = [AssetEntry("a", slug, slug, "water_pipe", attributes=ATTRIBUTES) for slug in ("one", "two")]
        register(connection, [TerritoryEntry("a", "A")], mains, [])
        window = Window(1, ("water_pipe",), START, START)
        one, two = read_mains(connection, window)
        for asset_id, model in ((one.asset_id, "pipe_break"), (two.asset_id, "pipe_break"), (two.asset_id, "other")):
            told = Finding(1, "pipe_break", model, "1", START, 2.0, "urgent", "en", "fr", {}, asset_id)
            open_finding(connection, told)
        put_in_one_incident(connection, two.asset_id)
        asked = Asked("command of boss", "boss")
        for finding_id, verdict in ((1, "other_cause"), (2, "confirmed")):
            number = open_order(connection, NewOrder(finding_id=finding_id), asked)["work_order_id"]
            close_order(connection, number, Outcome(verdict, "failed"), asked)  # type: ignore[arg-type]
        assert read_breaks(connection, window) == [Break(two.asset_id, START)]


def put_in_one_incident(connection: Connection, asset_id: int) -> None:
    """Put the findings about an asset under one cause."""
    connection.execute(
        "with i as (insert into incidents (territory_id, cause, asset_id, severity, score, started_at, n_findings,"
        " n_assets, sentence_en, sentence_fr) values (1, 'thing', %(asset_id)s, 'urgent', 2, now(), 2, 1, 'en', 'fr')"
        " returning incident_id)"
        " update findings set incident_id = (select incident_id from i) where asset_id = %(asset_id)s",
        {"asset_id": asset_id},
    )
