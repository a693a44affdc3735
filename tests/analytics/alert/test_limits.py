"""Limits looked at on arrival, out of measurements as the writer stores them."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from analytics.limits import LimitReport, tell, watch_limits
from analytics.maintenance.reported import PRESSING
from sensors.asset import AssetType
from sensors.asset_entry import AssetEntry
from sensors.limit import LIMITS, Limit
from sensors.quantity import find_quantity
from sensors.types import find_asset_type
from store.connect import connect
from store.inputs import Connection
from store.limits import Crossing
from store.registry import DeviceEntry, TerritoryEntry, register

pytestmark = pytest.mark.services
NOW = datetime(2026, 5, 1, 12, tzinfo=UTC)
THINGS = {
    "bin": ("waste_container", "container_temperature", {}),
    "room": ("building_zone", "co2", {}),
    "lab": ("building_zone", "co2", {"co2_limit_ppm": 900}),
    "freezer": ("freezer", "temperature", {}),
    "lift": ("lift", "person_trapped", {}),
    "pier": ("bridge_element", "tilt", {"tilt_limit_deg": 0.5}),
    "span": ("bridge_element", "tilt", {}),
}


@pytest.fixture
def town(database_url: str) -> Iterator[Connection]:
    with connect(database_url, program="test", autocommit=True) as connection:
        register(
            connection,
            [TerritoryEntry("town", "Ville")],
            [AssetEntry("town", slug, slug, kind, attributes=more) for slug, (kind, _, more) in THINGS.items()],
            [DeviceEntry("town", slug, placements={"*": slug}) for slug in THINGS],
        )
        for slug, (_, quantity, _) in THINGS.items():
            unit = getattr(find_quantity(quantity), "unit")  # noqa: B009 - it may be None for the checker
            connection.execute(
                "insert into series (territory_id, device_id, quantity, unit)"
                " select territory_id, device_id, %s, %s from devices where external_id = %s",
                (quantity, unit, slug),
            )
        connection.execute("update placements set period = tstzrange('2026-01-01', null)")
        yield connection


def measure(connection: Connection, slug: str, *values: float, at: datetime = NOW, step_s: int = 300) -> None:
    """Store values at even steps, the last of them at `at`, as the writer does."""
    row = connection.execute(
        "select series_id from series join devices using (device_id) where external_id = %s", (slug,)
    ).fetchone()
    assert row is not None
    for index, value in enumerate(reversed(values)):
        when = at - timedelta(seconds=step_s * index)
        connection.execute(
            "insert into measurements (series_id, batch_id, observed_at, value) values (%s, 1, %s, %s)",
            (row[0], when, value),
        )
    connection.execute(
        "insert into last_values (series_id, observed_at, value, batch_id) values (%s, %s, %s, 1)"
        " on conflict (series_id) do update set observed_at = excluded.observed_at, value = excluded.value",
        (row[0], at, values[-1]),
    )


def findings(connection: Connection) -> list[tuple[Any, ...]]:
    """Give the findings: kind, asset, begin, whether they go on."""
    return connection.execute(
        "select kind, a.slug, started_at, ended_at is null from findings f join assets a using (asset_id)"
        " order by finding_id"
    ).fetchall()


@pytest.mark.parametrize(
    ("slug", "values", "kind", "began_s_ago"),
    [
        ("bin", (20, 71), "container_fire", 0),
        ("bin", (20, 69), None, 0),
        ("room", (900, 1600, 1600, 1600), "co2_high", 600),
        ("room", (1600, 900, 1600), None, 0),  # not for ten minutes on end
        ("lab", (950, 950, 950), "co2_high", 600),
        ("freezer", (-18, -14, -14, -14, -14), None, 0),  # 15 minutes: a door, or defrosting
        ("freezer", (-18, -14, -14, -14, -14, -14), "freezer_warm", 1200),
        ("freezer", (-14, -14, -14, -15.5, -14, -14), None, 0),
        ("lift", (0, 1), "person_trapped", 0),
        ("lift", (1, 0), None, 0),
        ("pier", (0.1, -0.6), "structure_limit", 0),
        ("pier", (0.1, 0.6), "structure_limit", 0),
        ("span", (5.0, 5.0), None, 0),  # nobody has said how far it may
    ],
)
def test_what_is_beyond_its_limit_for_long_enough_is_an_incident(
    town: Connection, slug: str, values: tuple[float, ...], kind: str | None, began_s_ago: int
) -> None:
    measure(town, slug, *values)
    report = watch_limits(town, NOW)
    expected = [] if kind is None else [(kind, slug, NOW - timedelta(seconds=began_s_ago), True)]
    assert findings(town) == expected
    assert report == LimitReport(len(expected), 0)
    assert watch_limits(town, NOW) == LimitReport()
    n_incidents = town.execute("select count(*) from incidents where ended_at is null").fetchone()
    assert n_incidents == (len(expected),)


@pytest.mark.parametrize(
    ("slug", "values", "still", "back"),
    [
        ("room", (1600, 1600, 1600), 1100, 999),
        ("lab", (950, 950, 950), 901, 399),  # as far below its own limit as the usual one closes
        ("freezer", (-14,) * 6, -15.5, -16.5),
        ("pier", (0.6,), -0.46, 0.44),
    ],
)
def test_it_closes_when_it_is_well_back(
    town: Connection, slug: str, values: tuple[float, ...], still: float, back: float
) -> None:
    measure(town, slug, *values)
    watch_limits(town, NOW)
    measure(town, slug, still, at=NOW + timedelta(minutes=5))
    assert watch_limits(town, NOW + timedelta(minutes=5)) == LimitReport()
    measure(town, slug, back, at=NOW + timedelta(minutes=10))
    assert watch_limits(town, NOW + timedelta(minutes=10)) == LimitReport(0, 1)
    assert [one[3] for one in findings(town)] == [False]
    assert town.execute("select count(*) from incidents where ended_at is null").fetchone() == (0,)


def test_person_trapped_is_told_in_words_until_the_lift_says_otherwise(town: Connection) -> None:
    measure(town, "lift", 0, 1, 1)
    watch_limits(town, NOW)
    told = town.execute("select severity, sentence_en, sentence_fr from findings").fetchone()
    assert told == (
        "urgent",
        "lift reports that somebody is trapped, since 2026-05-01 at 13:55. To do: speak with who is inside, call"
        " whoever maintains the lift; 18 or 112 where somebody is unwell.",
        "lift signale une personne bloquée, depuis le 01/05/2026 à 13 h 55. À faire : parler à la personne, appeler"
        " l'ascensoriste ; le 18 ou le 112 si elle se sent mal.",
    )
    measure(town, "lift", 0, at=NOW + timedelta(minutes=20))
    assert watch_limits(town, NOW + timedelta(minutes=20)) == LimitReport(0, 1)
    assert [one[3] for one in findings(town)] == [False]


def test_what_was_loaded_from_long_ago_alerts_nobody(town: Connection) -> None:
    measure(town, "bin", 20, 90, at=NOW - timedelta(hours=2))
    assert watch_limits(town, NOW) == LimitReport()


@pytest.mark.parametrize("limit", LIMITS, ids=lambda limit: f"{limit.kind}.{limit.quantity}")
def test_a_limit_is_of_a_quantity_and_an_attribute_of_its_type(limit: Limit) -> None:
    found = find_asset_type(limit.asset_type)
    assert isinstance(found, AssetType)
    assert limit.quantity in {one.quantity for one in found.quantities}
    assert not limit.attribute or limit.attribute in {one.name for one in found.attributes}
    assert limit.opens is not None or limit.attribute
    quantity = find_quantity(limit.quantity)
    assert quantity is not None
    assert (quantity.kind == "state") == (limit.quantity in PRESSING)


@pytest.mark.parametrize("limit", LIMITS, ids=lambda limit: f"{limit.kind} {limit.quantity}")
def test_what_is_beyond_a_limit_is_told_with_what_to_do(limit: Limit) -> None:
    english, french = tell(limit, Crossing(1, 2, 3, "Europe/Paris", "Pile 2", NOW, 12.5, 10.0, NOW))
    assert " To do: " in english
    assert " À faire : " in french
    assert limit.quantity in PRESSING or "12,5" in french
