"""Mains and their breaks as the ranking reads them: notices and confirmed findings, each break once."""

from datetime import UTC, datetime, timedelta

import pytest

from sensors.asset_entry import AssetEntry
from store.connect import connect
from store.inputs import Window
from store.mains import Break, read_breaks, read_mains
from store.reference import Notice, Reference, enter_reference
from store.registry import TerritoryEntry, register
from store.results import Finding, open_finding

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
