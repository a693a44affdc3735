"""The registry: a new model never overwrites, a better one takes over, a worse one waits, all with its reason."""

import zlib
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from structlog.testing import capture_logs

from analytics.remaining_life import registry
from analytics.remaining_life.families.asset_life import FAMILY
from analytics.remaining_life.model_file import ModelRefusedError
from analytics.remaining_life.retraining import find_models, retrain
from store.connect import connect
from store.inputs import Connection
from store.models import Promotion, list_models, list_promotions, read_asset_lives

pytestmark = pytest.mark.services
NOW = datetime(2026, 6, 1, tzinfo=UTC)
ORDER = registry.Order(None, "anna", NOW)
N_HELD_OUT = sum(zlib.crc32(f"lamp-{n}".encode()) % 5 == 0 for n in range(60))


@pytest.fixture
def connection(database_url: str) -> Iterator[Connection]:
    with connect(database_url, program="test", autocommit=True) as opened:
        opened.execute("insert into territories (slug, name, kind) values ('a', 'A', 'commune'), ('b', 'B', 'commune')")
        yield opened


def add_lamps(connection: Connection, n_lamps: int, territory: str = "a") -> None:
    """Add lamps that were installed before they were entered, of which two thirds were retired at 800 to 1,400 days."""
    for n in range(n_lamps):
        entered = NOW - timedelta(days=1500)
        retired = entered + timedelta(days=700 + 11 * n % 600) if n % 3 else None
        connection.execute(
            "insert into assets (territory_id, slug, name, type, attributes, created_at, retired_at)"
            " select territory_id, %s, 'L', 'street_light', jsonb_build_object('installed_on', %s::text), %s, %s"
            " from territories where slug = %s",
            (f"lamp-{n}", f"{entered - timedelta(days=100):%Y-%m-%d}", entered, retired, territory),
        )


def test_too_little_is_said_and_nothing_is_kept(connection: Connection) -> None:
    add_lamps(connection, 4)
    done = registry.train(connection, FAMILY, ORDER)
    assert done.model_id is None
    assert "too little" in done.reason
    assert list_models(connection) == []


def test_the_first_is_used_and_the_same_again_waits(connection: Connection) -> None:
    add_lamps(connection, 60)
    first, second = registry.train(connection, FAMILY, ORDER), registry.train(connection, FAMILY, ORDER)
    assert (first.is_promoted, second.is_promoted) == (True, False)
    assert second.score == second.champion_score
    assert [(one.version, one.is_champion) for one in list_models(connection)] == [(1, True), (2, False)]
    card = list_models(connection)[1].card
    assert card["n_units"] == 60
    assert card["data"] == {"street_light": {"assets": 60, "ended": 40}}
    assert datetime.fromisoformat(card["since"]) == NOW - timedelta(days=1500)
    assert card["score"] == second.score == card["by_type"]["street_light"]["score"]
    assert card["by_type"]["street_light"]["n_held_out"] == N_HELD_OUT
    assert card["drift_since_champion"]["street_light"] == pytest.approx(0.0)


def test_a_better_model_takes_over(connection: Connection) -> None:
    add_lamps(connection, 60)
    early = replace(ORDER, at=NOW - timedelta(days=600))  # saw the first ends only
    assert registry.train(connection, FAMILY, early).is_promoted
    done = registry.train(connection, FAMILY, ORDER)
    assert done.score is not None
    assert done.champion_score is not None
    assert done.is_promoted == (done.score < done.champion_score)
    champion = registry.find_champion(connection, "asset_life", None)
    assert champion is not None
    assert champion.version == (2 if done.is_promoted else 1)


def test_a_person_promotes_with_a_reason(connection: Connection) -> None:
    add_lamps(connection, 60)
    registry.train(connection, FAMILY, ORDER)
    registry.train(connection, FAMILY, ORDER)
    model = list_models(connection)[1]
    registry.promote(connection, model, Promotion(NOW, "paul", "new lamps"))
    assert [(one.actor, one.reason) for one in list_promotions(connection, model.model_id)] == [("paul", "new lamps")]
    assert [one.is_champion for one in list_models(connection)] == [False, True]


def test_a_model_of_another_version_is_refused_and_gives_way(connection: Connection) -> None:
    add_lamps(connection, 60)
    newer = replace(FAMILY, method_version="2")
    registry.train(connection, FAMILY, ORDER)
    with pytest.raises(ModelRefusedError, match="train it anew"):
        registry.open_model(connection, newer, list_models(connection)[0])
    done = registry.train(connection, newer, ORDER)
    assert done.is_promoted
    assert "cannot be used" in done.reason


def test_a_territory_uses_its_own_model_and_else_the_shared_one(connection: Connection) -> None:
    add_lamps(connection, 60)
    own, other = (
        connection.execute("select territory_id from territories where slug = %s", (slug,)).fetchone() for slug in "ab"
    )
    assert own is not None
    assert other is not None
    assert registry.train(connection, FAMILY, replace(ORDER, territory_id=own[0])).is_promoted
    assert registry.champion_of(connection, "asset_life", own[0]) is not None
    assert registry.champion_of(connection, "asset_life", other[0]) is None
    registry.train(connection, FAMILY, ORDER)
    assert registry.champion_of(connection, "asset_life", other[0]) is not None


def test_models_are_trained_anew_when_old_and_never_put_a_better_one_aside(connection: Connection) -> None:
    """The first at once, nothing within four weeks, then a challenger that learnt from the same and waits."""
    add_lamps(connection, 60)
    connection.execute("delete from assets where retired_at is null")
    reports = [retrain(connection, FAMILY, None, NOW + timedelta(days=days)) for days in (0, 7, 28, 35)]
    assert [(one.n_trained, one.n_promoted) for one in reports] == [(1, 1), (0, 0), (1, 0), (0, 0)]
    assert [one.is_champion for one in list_models(connection)] == [True, False]


def test_models_are_trained_anew_at_once_where_inputs_have_moved(connection: Connection) -> None:
    add_lamps(connection, 60)
    retrain(connection, FAMILY, None, NOW)
    connection.execute("update assets set created_at = created_at + interval '1 year', attributes = '{}'")
    with capture_logs() as lines:
        assert retrain(connection, FAMILY, None, NOW + timedelta(days=7)).n_trained == 1
    assert [line["event"] for line in lines] == ["model_inputs_moved", "model_trained"]


def test_models_of_territories_are_looked_after_where_there_are_any(connection: Connection) -> None:
    add_lamps(connection, 60)
    ((number,),) = connection.execute("select territory_id from territories where slug = 'a'").fetchall()
    assert (FAMILY.name, None) in list(find_models(connection))
    assert (FAMILY.name, number) not in list(find_models(connection))
    registry.train(connection, FAMILY, replace(ORDER, territory_id=number))
    assert (FAMILY.name, number) in list(find_models(connection))


def test_lamp_put_in_the_place_of_another_begins_anew(connection: Connection) -> None:
    add_lamps(connection, 3)
    begun = (NOW - timedelta(days=100)).date().isoformat()
    connection.execute("update assets set attributes = jsonb_build_object('installed_on', %s::text)", (begun,))
    (life,) = read_asset_lives(connection, None, NOW)  # two were retired before: of what came after nothing is known
    assert (life.seen_from_d, life.age_d, life.is_ended) == (0.0, 100.0, False)
