"""Broker, worker and store together, on good input and bad."""

import pytest

from tests.support.chain import Chain, expected_values, make_chain, single_values, stored_values, working
from tests.support.publisher import publish

pytestmark = pytest.mark.services


@pytest.fixture
def chain(database_url: str, mqtt_url: str, territory_slug: str) -> Chain:
    return make_chain(database_url, mqtt_url, territory_slug)


def test_every_value_is_stored_as_it_was_sent(chain: Chain, mqtt_url: str) -> None:
    with working(chain) as worker:
        publish(mqtt_url, single_values(chain, 2000))
        chain.wait_for_stored(2000)
    assert set(stored_values(chain)) == expected_values(2000)
    assert chain.ledger() == (2000, 2000, 0, 0)
    assert worker.result().acked._value.get() == 2000
