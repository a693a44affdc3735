"""A town with incidents, and people to be told of them; everything at stated instants."""

from datetime import UTC, datetime, timedelta
from typing import Any

from analytics.incidents.job import keep_incidents
from sensors.asset_entry import AssetEntry
from sensors.severity import Severity
from store import alert_setup as setup
from store.alert_setup import NewChannel, NewRule
from store.inputs import Connection
from store.registry import TerritoryEntry, register
from store.results import Finding, open_finding

HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)


def seed_alerted_town(connection: Connection) -> None:
    """Register a region with `town` and its containers, and `beside` of no region."""
    register(
        connection,
        [
            TerritoryEntry("region", "Région"),
            TerritoryEntry("town", "Ville", parent="region"),
            TerritoryEntry("beside", "À côté"),
        ],
        [
            AssetEntry(slug, f"bin-{n}", f"Conteneur {n}", "waste_container", 5.1, 47.5)
            for slug in ("town", "beside")
            for n in range(3)
        ],
    )


def tell(connection: Connection, kind: str, slug: str, severity: Severity = "urgent", territory: str = "town") -> None:
    """Open a finding about an asset, and the incident that it is."""
    ids = connection.execute(
        "select a.territory_id, a.asset_id from assets a join territories t using (territory_id)"
        " where a.slug = %s and t.slug = %s",
        (slug, territory),
    ).fetchone()
    assert ids is not None
    finding = Finding(
        territory_id=ids[0], asset_id=ids[1], kind=kind, model=kind, model_version="1", score=3.0, severity=severity,
        started_at=datetime.now(UTC) - HOUR, sentence_en=f"{slug}: {kind}.", sentence_fr=f"{slug} : {kind}.",
        evidence={},
    )  # fmt: skip
    assert open_finding(connection, finding)
    keep_incidents(connection, datetime.now(UTC))


def a_channel(connection: Connection, name: str, territory: str = "town", **more: Any) -> int:
    """Make a channel that posts to a port where nobody listens, unless told otherwise."""
    fields = {"way": "webhook", "address": "http://127.0.0.1:1/", **more}
    return setup.create_channel(connection, NewChannel(territory, name, **fields), "test")[0]


def a_rule(connection: Connection, territory: str = "town", **more: Any) -> int:
    """Make a rule."""
    return setup.create_rule(connection, NewRule(territory, **more), "test")


def messages(connection: Connection) -> list[tuple[Any, ...]]:
    """Give what is in the outbox: alert, channel's name, step."""
    return connection.execute(
        "select alert_id, c.name, step from alert_messages join alert_channels c using (channel_id) order by message_id"
    ).fetchall()
