"""What is seen around a gap."""

from datetime import UTC, datetime, timedelta

import pytest

from store.connect import connect
from store.evidence import N_OTHERS, OpenGap, read_gateways
from store.registry import DeviceEntry, TerritoryEntry, register

pytestmark = pytest.mark.services

BEGAN = datetime(2026, 5, 4, tzinfo=UTC)


def test_behind_a_gateway_those_are_asked_that_send_most_often(database_url: str) -> None:
    """Of many behind it the two that speak every minute come last in the register, and tell that the gateway lived."""
    names = [f"d-{index}" for index in range(N_OTHERS + 5)]
    frequent = names[-2:]
    with connect(database_url, program="test", autocommit=True) as connection:
        behind = [DeviceEntry("town", one, gateway="gw", interval_s=60 if one in frequent else 3600) for one in names]
        register(connection, [TerritoryEntry("town", "Town")], [], [DeviceEntry("town", "gw"), *behind])
        connection.execute(
            "with s as (insert into series (territory_id, device_id, quantity, unit)"
            " select territory_id, device_id, 'temperature', 'Cel' from devices where external_id = any (%s)"
            " returning series_id) insert into measurements select series_id, 1, %s, 20 from s",
            (frequent, BEGAN + timedelta(minutes=10)),
        )
        row = connection.execute("select device_id from devices where external_id = 'd-0'").fetchone()
        assert row is not None
        gap = OpenGap(1, row[0], "interval", "", BEGAN, BEGAN + timedelta(hours=1), False, 1, None)
        seen = read_gateways(connection, [gap])[1]
    assert (seen.gateway, seen.n_others, seen.n_before, seen.n_within) == ("gw", N_OTHERS, 0, 2)
