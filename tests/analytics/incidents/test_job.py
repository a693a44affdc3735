"""Incidents in the store: one line for a flood, ids that stay, what joins and closes, runs twice, killed in between."""

from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from analytics.incidents.job import IncidentReport, keep_incidents
from sensors.asset_entry import AssetEntry
from store.connect import connect
from store.hints import Gone, close_hint_findings
from store.inputs import Connection
from store.registry import DeviceEntry, TerritoryEntry, register
from store.results import Finding, close_finding, open_finding

pytestmark = pytest.mark.services
NOW = datetime(2026, 3, 2, 20, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
N_LAMPS = 200


@pytest.fixture
def town(database_url: str) -> Iterator[Connection]:
    """A gateway and a cabinet with two hundred lamps, and a place without any of it."""
    with connect(database_url, program="test", autocommit=True) as connection:
        register(
            connection,
            [TerritoryEntry("town", "Ville"), TerritoryEntry("other", "Autre")],
            [
                AssetEntry("town", "gw", "Passerelle lumière", "gateway"),
                AssetEntry("town", "cabinet", "Armoire 1", "light_cabinet"),
                *(
                    AssetEntry(
                        "town", f"lamp-{n}", f"Lampe {n}", "street_light", 5.1 + n / 4000, 47.5, parent="cabinet"
                    )
                    for n in range(N_LAMPS)
                ),
                AssetEntry("other", "lamp", "Lampe", "street_light"),
            ],
            [
                DeviceEntry("town", "gw", placements={"*": "gw"}),
                DeviceEntry("town", "cabinet", gateway="gw", placements={"*": "cabinet"}),
                *(
                    DeviceEntry("town", f"lamp-{n}", gateway="gw", placements={"*": f"lamp-{n}"}, interval_s=900)
                    for n in range(N_LAMPS)
                ),
            ],
        )
        yield connection


def tell(connection: Connection, kind: str, slug: str, *, territory: str = "town", **more: Any) -> int:
    """Open a finding about an asset (and its device, if it is silent), and give its number."""
    territory_id, asset_id = connection.execute(
        "select territory_id, asset_id from assets join territories t using (territory_id)"
        " where assets.slug = %s and t.slug = %s",
        (slug, territory),
    ).fetchone() or (0, 0)
    device_id = None
    if kind == "silent":
        row = connection.execute("select device_id from devices where external_id = %s", (slug,)).fetchone()
        device_id = row[0] if row else None
    known: dict[str, Any] = {"started_at": NOW - HOUR, "score": 3.0, "severity": "warning"}
    finding = Finding(
        territory_id=territory_id, kind=kind, model=kind, model_version="1", sentence_en=f"{slug}: {kind}.",
        sentence_fr=f"{slug} : {kind}.", evidence={}, asset_id=asset_id, device_id=device_id, **{**known, **more},
    )  # fmt: skip
    assert open_finding(connection, finding)
    (number,) = connection.execute("select max(finding_id) from findings").fetchone() or (0,)
    return int(number)


def lines(connection: Connection) -> list[tuple[Any, ...]]:
    """Give the incidents that are shown: id, cause, severity, number of findings and assets, whether open."""
    return connection.execute(
        "select incident_id, cause, severity, n_findings, n_assets, ended_at is null from incidents"
        " where merged_into_id is null and n_findings > 0 order by incident_id"
    ).fetchall()


def members(connection: Connection) -> dict[int, int | None]:
    """Give the incident of each finding."""
    return dict(connection.execute("select finding_id, incident_id from findings").fetchall())


def close_of(connection: Connection, kind: str, asset_id: int, ended_at: datetime) -> None:
    """End the findings of a hint about an asset."""
    row = connection.execute("select territory_id from assets where asset_id = %s", (asset_id,)).fetchone()
    assert row is not None
    close_hint_findings(connection, row[0], kind, [Gone(asset_id)], ended_at)


def test_two_hundred_dark_lamps_are_one_line(town: Connection) -> None:
    for n in range(N_LAMPS):
        tell(town, "silent", f"lamp-{n}", started_at=NOW - HOUR - timedelta(seconds=n))
    tell(town, "cabinet_tripped", "cabinet", severity="urgent")
    keep_incidents(town, NOW)
    (line,) = lines(town)
    assert line[1:] == ("cabinet_tripped", "urgent", N_LAMPS + 1, N_LAMPS + 1, True)
    english, french, name = town.execute(
        "select sentence_en, sentence_fr, a.name from incidents i join assets a using (asset_id)"
    ).fetchone() or ("", "", "")
    assert name == "Armoire 1"
    assert "Armoire 1" in english
    assert "200 of its lamps" in english
    assert "200 de ses lampes" in french


def test_common_cause_told_later_joins_what_was_apart_and_keeps_the_oldest_number(town: Connection) -> None:
    for n in (0, 50, 100, 150):
        tell(town, "silent", f"lamp-{n}")
    keep_incidents(town, NOW)
    apart = lines(town)
    assert [line[1] for line in apart] == ["thing"] * 4
    tell(town, "silent_gateway", "gw", severity="urgent")
    keep_incidents(town, NOW + HOUR)
    assert [line[:4] for line in lines(town)] == [(apart[0][0], "gateway_silent", "urgent", 5)]
    led = town.execute("select distinct merged_into_id from incidents where merged_into_id is not null").fetchall()
    assert led == [(apart[0][0],)]


def test_what_begins_later_than_an_instant_is_not_known_at_it(town: Connection) -> None:
    """Of a past that is told step by step: a trip that is not over yet would take all that its lamps ever say."""
    tell(town, "cabinet_tripped", "cabinet", severity="urgent")
    tell(town, "level_shift", "lamp-3", started_at=NOW + 9 * DAY)
    tell(town, "unusual_value", "lamp-4", started_at=NOW + 14 * HOUR)  # a clock in the wrong zone
    keep_incidents(town, NOW)
    assert [line[1:5] for line in lines(town)] == [("cabinet_tripped", "urgent", 2, 2)]
    (cabinet,) = town.execute("select asset_id from assets where slug = 'cabinet'").fetchone() or (0,)
    close_of(town, "cabinet_tripped", cabinet, NOW + DAY)
    keep_incidents(town, NOW + 9 * DAY)
    assert [line[1] for line in lines(town)] == ["cabinet_tripped", "thing"]


def test_incident_closes_with_its_last_finding(town: Connection) -> None:
    tell(town, "silent_gateway", "gw", severity="urgent")
    silent = tell(town, "silent", "lamp-3")
    keep_incidents(town, NOW)
    (gw,) = town.execute("select asset_id from assets where slug = 'gw'").fetchone() or (0,)
    close_of(town, "silent_gateway", gw, NOW)
    keep_incidents(town, NOW)
    assert [line[5] for line in lines(town)] == [True]
    (device,) = town.execute("select device_id from findings where finding_id = %s", (silent,)).fetchone() or (0,)
    close_finding(town, kind="silent", model="silent", ended_at=NOW + HOUR, device_id=device)
    keep_incidents(town, NOW + 2 * HOUR)
    assert [line[5] for line in lines(town)] == [False]
    assert town.execute("select ended_at from incidents").fetchall() == [(NOW + HOUR,)]


def test_relapse_opens_the_same_incident_again(town: Connection) -> None:
    tell(town, "dead_lamp", "lamp-3", started_at=NOW - 30 * HOUR)
    (lamp,) = town.execute("select asset_id from assets where slug = 'lamp-3'").fetchone() or (0,)
    close_of(town, "dead_lamp", lamp, NOW - 20 * HOUR)
    keep_incidents(town, NOW)
    (before,) = lines(town)
    tell(town, "dead_lamp", "lamp-3")
    keep_incidents(town, NOW)
    (after,) = lines(town)
    assert (before[0], before[5]) == (after[0], False)
    assert after[1:] == ("thing", "warning", 2, 1, True)


def test_second_run_changes_nothing(town: Connection) -> None:
    for n in (1, 2, 3, 90):
        tell(town, "dead_lamp", f"lamp-{n}")
    tell(town, "unusual_value", "lamp", territory="other")
    first = keep_incidents(town, NOW)
    assert (first.n_new, first.n_joined) == (5, 5)
    said = town.execute("select * from incidents order by incident_id").fetchall(), members(town)
    assert keep_incidents(town, NOW) == IncidentReport()
    assert (town.execute("select * from incidents order by incident_id").fetchall(), members(town)) == said
    assert [line[1:4] for line in lines(town)][:2] == [("feeder_lost", "urgent", 3), ("thing", "warning", 1)]


def test_more_and_worse_findings_are_told_anew(town: Connection) -> None:
    tell(town, "unusual_value", "lamp-3", severity="info")
    keep_incidents(town, NOW)
    tell(town, "unusual_value", "lamp-3", severity="warning", score=9.0)
    keep_incidents(town, NOW)
    assert [line[1:4] for line in lines(town)] == [("thing", "warning", 1)]
    (score,) = town.execute("select score from incidents").fetchone() or (0,)
    assert score == 9.0


def test_announced_restart_that_does_not_come_back_becomes_an_incident(town: Connection) -> None:
    town.execute(
        "insert into calendars (territory_id, asset_id, kind, period)"
        " select territory_id, asset_id, 'planned_restart', tstzrange(%s, %s) from assets where slug = 'gw'",
        (NOW - HOUR, NOW),
    )
    tell(town, "silent_gateway", "gw", severity="urgent")
    keep_incidents(town, NOW)
    assert [line[1:4] for line in lines(town)] == [("announced", "info", 1)]
    keep_incidents(town, NOW + 3 * HOUR)
    assert [line[1:4] for line in lines(town)] == [("gateway_silent", "urgent", 1)]


def test_killed_before_its_transaction_ends_nothing_is_half_done(town: Connection, database_url: str) -> None:
    """The territory is locked by whoever works on it, and free again when that program is gone."""
    tell(town, "dead_lamp", "lamp-1")
    with closing(connect(database_url, program="killed")) as other:
        (pid,) = other.execute("select pg_backend_pid()").fetchone() or (0,)  # its transaction has begun
        assert keep_incidents(other, NOW).n_joined == 1
        assert keep_incidents(town, NOW) == IncidentReport()  # not waited for
        town.execute("select pg_terminate_backend(%s, 5000)", (pid,))
    assert members(town) != {}
    assert set(members(town).values()) == {None}
    assert keep_incidents(town, NOW).n_joined == 1


def test_back_fill_of_a_year_is_grouped_as_it_would_have_been(town: Connection) -> None:
    for week in range(52):
        started = NOW - timedelta(weeks=52 - week)
        tell(town, "silent_gateway", "gw", severity="urgent", started_at=started)
        (gw,) = town.execute("select asset_id from assets where slug = 'gw'").fetchone() or (0,)
        close_of(town, "silent_gateway", gw, started + 9 * HOUR)
    keep_incidents(town, NOW)
    assert [line[1:] for line in lines(town)] == [("gateway_silent", "urgent", 1, 1, False)] * 52
