"""Observations of SensorThings that come over MQTT: measurements of their series, or kept with the cause."""

import json
from datetime import UTC, datetime, timedelta

import psycopg
import pytest

from ingest.replay import replay
from store.connect import connect
from store.quarantine import Choice
from store.registry import DeviceEntry, TerritoryEntry, register
from tests.support.chain import Chain, make_chain, stored_values, working
from tests.support.publisher import Message, publish
from tests.support.waiting import wait_until

pytestmark = pytest.mark.services

AT = "2026-05-01T10:00:00Z"
AT_US = 1_777_629_600_000_000
OWN = 8_589_934_592


def an_observation(series_id: int, root: str = "v1.1", **entity: object) -> Message:
    return Message(f"{root}/Datastreams({series_id})/Observations", json.dumps(entity).encode())


def make_series(database_url: str, territory: str, device: str, quantity: str = "active_power", unit: str = "W") -> int:
    with psycopg.connect(database_url) as connection:
        row = connection.execute(
            "insert into series (territory_id, device_id, channel, quantity, unit)"
            " select territory_id, device_id, 'a', %s, %s from devices join territories using (territory_id)"
            " where slug = %s and external_id = %s returning series_id",
            [quantity, unit, territory, device],
        ).fetchone()
    assert row is not None
    return int(row[0])


@pytest.fixture
def chain(database_url: str, mqtt_url: str, territory_slug: str) -> Chain:
    return make_chain(database_url, mqtt_url, territory_slug)


def refused(chain: Chain) -> list[tuple[str, str, str | None]]:
    """What was refused and kept: the cause, its detail, the device."""
    rows = chain.fetch("select reason, detail, device from rejections order by received_at, rejection_id")
    return [(str(reason), str(detail), device) for reason, detail, device in rows]


def wait_for_received(chain: Chain, n_values: int) -> None:
    wait_until(lambda: chain.ledger()[0] >= n_values, f"{n_values} values in the ledger", 40)


def test_an_observation_is_a_measurement_of_its_series(chain: Chain) -> None:
    """On both topics; a redelivery is the same measurement, another value for its instant is refused and kept."""
    url, mqtt = chain.settings.database_url, chain.settings.mqtt_url
    first, second = (make_series(url, chain.territory, device) for device in ("d-0", "d-1"))
    with working(chain):
        publish(
            mqtt,
            [
                an_observation(first, result=41.5, phenomenonTime=AT),
                an_observation(second, "sensorthings/v1.1", result=7, phenomenonTime="2026-05-01T12:00:00+02:00"),
                an_observation(first, result=41.5, phenomenonTime=AT, resultTime=AT),
                an_observation(first, result=42, phenomenonTime=AT),
            ],
        )
        wait_for_received(chain, 4)
    assert sorted(stored_values(chain)) == [("d-0", AT_US, 41.5), ("d-1", AT_US, 7.0)]
    assert chain.ledger() == (4, 2, 1, 1)
    assert [(reason, device) for reason, _, device in refused(chain)] == [("conflicting_value", "d-0")]
    assert chain.number(f"select count(*) from series where series_id not in ({first}, {second})") == 0


def test_what_no_series_takes_is_kept_with_its_cause(chain: Chain) -> None:
    """A number that is no series, what a client made, another territory's, and entities that are unfit."""
    url, mqtt = chain.settings.database_url, chain.settings.mqtt_url
    with connect(url, program="test") as connection:
        register(connection, [TerritoryEntry("elsewhere", "E")], devices=[DeviceEntry("elsewhere", "d-0")])
    power, elsewhere = make_series(url, chain.territory, "d-0"), make_series(url, "elsewhere", "d-0")
    humidity = make_series(url, chain.territory, "d-1", "relative_humidity", "%")
    wrong = [
        an_observation(999_999, result=1, phenomenonTime=AT),
        an_observation(OWN, result=1, phenomenonTime=AT),
        an_observation(elsewhere, result=1, phenomenonTime=AT),
        an_observation(power, result="much", phenomenonTime=AT),
        an_observation(power, result=1, phenomenonTime=f"{AT}/{AT}"),
        an_observation(power, result=1, parameters={"a": 1}),
        an_observation(humidity, result=5000, phenomenonTime=AT),
        Message(f"v1.1/Datastreams({power})/Observations", b"{"),
        Message("v1.1/Things(1)/Observations", b"{}"),
    ]
    with working(chain):
        for message in wrong:
            publish(mqtt, [message])
        wait_until(lambda: len(refused(chain)) >= len(wrong), "all refused", 40)
    assert [reason for reason, _, _ in refused(chain)] == [
        *("unknown_device", "not_allowed", "territory_mismatch", "not_a_number", "time_invalid"),
        *("wrong_shape", "out_of_range", "invalid_json", "unknown_topic"),
    ]
    assert [detail for _, detail, _ in refused(chain)[:2]] == ["Datastreams(999999)", f"Datastreams({OWN}): HTTP"]
    assert stored_values(chain) == []


def test_what_was_refused_for_its_series_is_replayed_once_there_is_one(chain: Chain) -> None:
    with working(chain):
        publish(chain.settings.mqtt_url, [an_observation(1, result=41.5, phenomenonTime=AT)])
        wait_until(lambda: len(refused(chain)) == 1, "the refusal", 40)
    assert make_series(chain.settings.database_url, chain.territory, "d-0") == 1
    with connect(chain.settings.database_url, program="test") as connection:
        counts = replay(connection, Choice())
    assert counts.n_stored == 1
    assert stored_values(chain) == [("d-0", AT_US, 41.5)]


def test_the_clock_of_a_device_is_set_right_for_observations_too(chain: Chain) -> None:
    """A time far ahead, refused as it is, is taken with the rule for its device."""
    series_id = make_series(chain.settings.database_url, chain.territory, "d-0")
    ahead = datetime.now(UTC).replace(microsecond=0) + timedelta(days=400)
    with psycopg.connect(chain.settings.database_url) as connection:
        connection.execute(
            "insert into clock_rules (device_id, period, shift_s, state, since, made_by)"
            " select device_id, '[2020-01-01,)', %s, 'active', '2020-01-01', 'test' from devices"
            " where external_id = 'd-0'",
            [-400 * 86_400],
        )
    with working(chain):
        publish(chain.settings.mqtt_url, [an_observation(series_id, result=3, phenomenonTime=ahead.isoformat())])
        wait_for_received(chain, 1)
    right_us = round((ahead - timedelta(days=400)).timestamp()) * 1_000_000
    assert stored_values(chain) == [("d-0", right_us, 3.0)]
