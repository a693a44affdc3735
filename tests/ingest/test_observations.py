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
        *("unknown_device", "unknown_device", "territory_mismatch", "not_a_number", "time_invalid"),
        *("wrong_shape", "out_of_range", "invalid_json", "unknown_topic"),
    ]
    assert [detail for _, detail, _ in refused(chain)[:2]] == ["Datastreams(999999)", f"Datastreams({OWN})"]
    assert stored_values(chain) == []


def make_datastream(database_url: str, territory: str, *, is_placed: bool = True) -> int:
    """Make what a client of SensorThings would: a thing, where it is, and a datastream of it."""
    with psycopg.connect(database_url) as connection:
        row = connection.execute(
            "with t as (select territory_id from territories where slug = %s), thing as ("
            " insert into st_things (territory_id, name, description) select territory_id, 'n', 'd' from t"
            " returning thing_id), place as ("
            " insert into st_locations (territory_id, name, description, encoding_type, location)"
            " select territory_id, 'roof', 'd', 'application/geo+json', %s from t where %s"
            " returning location_id), at as ("
            " insert into st_thing_locations select thing_id, location_id from thing, place)"
            " insert into st_datastreams (territory_id, thing_id, name, description, observation_type, unit)"
            " select territory_id, thing_id, 'n', 'd', 'o', '{}' from t, thing returning datastream_id",
            [territory, json.dumps({"type": "Point", "coordinates": [5, 47]}), is_placed],
        ).fetchone()
    assert row is not None
    return int(row[0])


def observed(chain: Chain) -> list[tuple[object, ...]]:
    """What is kept for datastreams of clients: result, instant in UTC, the feature's name."""
    return chain.fetch(
        "select o.result, to_char(o.phenomenon_at at time zone 'UTC', 'HH24:MI'), f.name"
        " from st_observations o left join st_features f using (feature_id) order by o.observation_id"
    )


def test_an_observation_for_a_datastream_of_a_client_is_kept_with_it(chain: Chain) -> None:
    """Any result, on both topics, about the place of the thing or a feature written out; the same again is one."""
    stream = make_datastream(chain.settings.database_url, chain.territory)
    feature = {
        "name": "field",
        "description": "d",
        "encodingType": "application/geo+json",
        "feature": {"type": "Point"},
    }
    with working(chain):
        publish(
            chain.settings.mqtt_url,
            [
                an_observation(stream, result=41.5, phenomenonTime=AT, parameters={"a": 1}),
                an_observation(stream, "sensorthings/v1.1", result={"deep": [None]}, phenomenonTime=AT),
                an_observation(stream, result=41.5, phenomenonTime=AT, parameters={"a": 1}),
                an_observation(stream, result=42, phenomenonTime=f"{AT}/2026-05-01T11:00:00Z", resultTime=AT),
                an_observation(stream, result=None, phenomenonTime="2026-05-01T12:00:00Z", FeatureOfInterest=feature),
            ],
        )
        wait_until(lambda: len(observed(chain)) == 4, "four observations", 40)
    assert sorted(observed(chain), key=str) == sorted(
        [
            *((41.5, "10:00", "roof"), ({"deep": [None]}, "10:00", "roof")),
            *((42, "10:00", "roof"), (None, "12:00", "field")),
        ],
        key=str,
    )
    assert chain.number("select count(*) from st_features where name = 'roof'") == 1
    assert refused(chain) == []
    assert chain.ledger() == (0, 0, 0, 0)


def test_what_no_datastream_of_a_client_takes_is_kept_with_its_cause(chain: Chain) -> None:
    """Another territory's, about nothing or about another territory's feature, and what cannot be read; and what was
    about nothing is replayed once the thing is somewhere."""
    url = chain.settings.database_url
    with connect(url, program="test") as connection:
        register(connection, [TerritoryEntry("elsewhere", "E")])
    stream, nowhere = make_datastream(url, chain.territory), make_datastream(url, chain.territory, is_placed=False)
    foreign = make_datastream(url, "elsewhere")
    wrong = [
        an_observation(foreign, result=1, phenomenonTime=AT),
        an_observation(nowhere, result=1, phenomenonTime=AT),
        an_observation(stream, result=1, phenomenonTime=AT, FeatureOfInterest={"@iot.id": OWN + 999}),
        an_observation(stream, result=1, FeatureOfInterest={"name": "half"}),
        an_observation(stream, result=1, phenomenonTime=f"{AT}/2026-01-01T00:00:00Z"),
        an_observation(stream, result=1, colour="red"),
        an_observation(stream, phenomenonTime=AT),
        an_observation(stream, result="\0"),
    ]
    with working(chain):
        for message in wrong:
            publish(chain.settings.mqtt_url, [message])
        wait_until(lambda: len(refused(chain)) >= len(wrong), "all refused", 40)
    assert [reason for reason, _, _ in refused(chain)] == [
        *("territory_mismatch", "wrong_shape", "wrong_shape", "wrong_shape", "time_invalid", "wrong_shape"),
        *("no_value", "wrong_shape"),
    ]
    assert observed(chain) == []
    with psycopg.connect(url) as connection:
        connection.execute(
            "insert into st_thing_locations select d.thing_id, l.location_id from st_datastreams d, st_locations l"
            " where d.datastream_id = %s limit 1",
            [nowhere],
        )
    with connect(url, program="test") as connection:
        counts = replay(connection, Choice())
    assert counts.n_messages == 1
    assert observed(chain) == [(1, "10:00", "roof")]


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
