"""Breaks of mains as a family of models: kept, compared on mains that it did not see, with what its lists would have
caught; and the prior of the material where too few breaks are known."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from analytics.health.job import tell_health
from analytics.maintenance import Span, break_to_come
from analytics.remaining_life import registry
from analytics.remaining_life.comparison import score_of
from analytics.remaining_life.families.main_breaks import FAMILY, TYPES, Network, data_of, key_of, model_of
from analytics.remaining_life.model_file import pack, unpack
from analytics.water_mains.model import train
from store.connect import connect
from store.inputs import Connection, Window
from tests.analytics.maintenance.test_break_to_come import UNTIL, draw_network

NOW = datetime(2020, 1, 1, tzinfo=UTC)
N_MAINS = 60
ORDER = registry.Order(None, "anna", NOW)


def drawn(seed: int = 1) -> Network:
    """The drawn network, of which every fifth main judges."""
    mains, breaks, _ = draw_network(seed)
    return Network(mains, breaks, UNTIL, np.arange(mains.n) % 5 == 0)


def test_a_network_s_model_comes_back_from_its_file_as_it_was() -> None:
    network = drawn()
    file = FAMILY.train(data_of({key_of(3): network}))
    assert file is not None
    kept = model_of(unpack(pack(file), FAMILY.name, FAMILY.method_version), key_of(3))
    learnt = train(network.mains, network.breaks, UNTIL)
    assert kept is not None
    assert (kept.since, kept.until, kept.n_breaks, kept.shape) == (learnt.since, UNTIL, learnt.n_breaks, learnt.shape)
    assert np.array_equal(kept.weights, learnt.weights)
    assert model_of(file, key_of(4)) is None


def test_what_is_judged_has_not_seen_the_mains_that_judge() -> None:
    """Without the breaks of these mains the same would have been learnt of the others, but for what they say of streets
    and groups; with the mains themselves it would not."""
    network = drawn()
    file = FAMILY.train(data_of({"a": network}))
    assert file is not None
    judged, told = model_of(file, "a", "judged"), model_of(file, "a")
    assert judged is not None
    assert told is not None
    own = ~network.judges[network.breaks.main]
    assert (judged.n_breaks, told.n_breaks) == (int(own.sum()), len(own))


def test_a_learnt_network_does_better_than_the_prior_of_its_materials() -> None:
    data = data_of({"a": drawn()})
    file = FAMILY.train(data)
    other = FAMILY.train(data_of({"b": drawn(2)}))  # knows nothing of network a
    assert file is not None
    assert other is not None
    own, prior = FAMILY.judge(file, data), FAMILY.judge(other, data)
    assert own is not None
    assert prior is not None
    assert score_of(own) < score_of(prior)
    assert own["water_pipe"].losses.size == prior["water_pipe"].losses.size == 300


def test_nothing_is_kept_of_too_few_breaks() -> None:
    network = drawn()
    few = Network(network.mains, network.breaks.before(2000.3), 2000.3, network.judges)
    assert FAMILY.train(data_of({"a": few})) is None


@pytest.fixture
def connection(database_url: str) -> Iterator[Connection]:
    with connect(database_url, program="test", autocommit=True) as opened:
        opened.execute("insert into territories (slug, name, kind) values ('a', 'A', 'commune')")
        yield opened


def lay(connection: Connection, n_breaks: int) -> None:
    """Lay mains of cast iron and PVC since 1950, of which the iron ones broke so often in ten years."""
    connection.execute(
        "insert into assets (territory_id, slug, name, type, attributes, created_at)"
        " select 1, 'm' || n, 'M ' || n, 'water_pipe', jsonb_build_object('laid_in', 1950 + n %% 40, 'length_m', 100,"
        " 'material', case when n %% 2 = 0 then 'CI' else 'PVC' end, 'street', 'R' || n / 4), %s"
        " from generate_series(1, %s) as n",
        (NOW - timedelta(days=4000), N_MAINS),
    )
    connection.execute(
        "insert into calendars (territory_id, asset_id, kind, period)"
        " select 1, a.asset_id, 'pipe_break', tstzrange(b.at, b.at + interval '1 day')"
        " from generate_series(0, %(n)s - 1) as n"
        " join assets a on a.slug = 'm' || (2 + 2 * (n * n %% 17))"
        " cross join lateral (select %(now)s::timestamptz - interval '3600 days' * ((n + 0.5) / %(n)s)) as b (at)",
        {"n": n_breaks, "now": NOW},
    )


@pytest.mark.services
def test_breaks_are_learnt_listed_and_used_like_any_other_family(connection: Connection) -> None:
    lay(connection, 120)
    done = registry.train(connection, FAMILY, ORDER)
    assert done.is_promoted
    champion = registry.find_champion(connection, FAMILY.name, None)
    assert champion is not None
    card = champion.card
    assert card["data"] == {"water_pipe": {"networks": 1, "mains": N_MAINS, "breaks": 120}}
    assert (card["score"], card["since"]) == (done.score, "2010-01-01T00:00:00+00:00")
    caught = card["caught"]
    assert caught["n_breaks"] == 37  # one in thirty days, the last a fortnight ago
    assert list(caught["percent_by_length_percent"]) == ["1", "5", "10"]
    again = registry.train(connection, FAMILY, ORDER)
    assert (again.is_promoted, again.score) == (False, again.champion_score)
    register = break_to_come.read(connection, Window(1, TYPES, NOW, NOW))
    assert register.model is not None
    assert register.caught == caught | {"n_years": 3}
    assert "territory" not in json.dumps(card)  # a shared card is read by people of all territories
    span = Span(NOW - timedelta(days=28), NOW, "UTC", (NOW,))
    assert len(break_to_come.tell(register, span)) == N_MAINS


@pytest.mark.services
@pytest.mark.parametrize(("n_breaks", "basis"), [(4, "prior"), (120, "life")])
def test_mains_have_the_rate_of_their_material_until_enough_breaks_are_known(
    connection: Connection, n_breaks: int, basis: str
) -> None:
    lay(connection, n_breaks)
    tell_health(connection, 1, NOW)
    rows = connection.execute(
        "select a.attributes ->> 'material', avg(h.within_90), array_agg(distinct h.basis)"
        " from asset_health h join assets a using (asset_id) where h.is_current group by 1 order by 1"
    ).fetchall()
    (_, iron, of_iron), (_, plastic, of_plastic) = rows
    assert of_iron == of_plastic == [basis]
    assert iron > 3 * plastic
