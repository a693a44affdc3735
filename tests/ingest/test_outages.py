"""The chain while its parts are killed and cut: every value is stored exactly once, whatever dies in between."""

import subprocess
from collections.abc import Iterator
from dataclasses import replace

import psycopg
import pytest
from psycopg import conninfo

from tests.support.chain import (
    Chain,
    expected_values,
    make_chain,
    single_values,
    stored_values,
    worker_process,
    working,
)
from tests.support.proxy import proxied
from tests.support.publisher import Message, publish
from tests.support.waiting import wait_until

pytestmark = [pytest.mark.services, pytest.mark.faults]

N = 4000


@pytest.fixture
def chain(database_url: str, mqtt_url: str, territory_slug: str) -> Iterator[Chain]:
    return make_chain(database_url, mqtt_url, territory_slug)


def assert_all_stored_once(chain: Chain, n_messages: int) -> None:
    """Each value once, and a ledger that counts each arrival with exactly one outcome."""
    stored = stored_values(chain)
    assert len(stored) == n_messages
    assert set(stored) == expected_values(n_messages)
    received, n_stored, duplicate, rejected = chain.ledger()
    assert (n_stored, rejected) == (n_messages, 0)
    assert received == n_stored + duplicate


def test_killed_worker_loses_and_doubles_nothing(chain: Chain, mqtt_url: str) -> None:
    """SIGKILL three workers in mid-stream; a fourth finishes what the broker still holds."""
    sent = 0
    for _ in range(3):
        with worker_process(chain) as process:
            publish(mqtt_url, single_values(chain, N // 4, first=sent))
            sent += N // 4
            chain.wait_for_stored(sent - N // 8)
            process.kill()
    with worker_process(chain):
        publish(mqtt_url, single_values(chain, N // 4, first=sent))
        chain.wait_for_stored(N)
        wait_until(lambda: chain.ledger()[1] >= N, "the ledger")
    assert_all_stored_once(chain, N)


def test_database_killed_in_mid_batch_stores_each_value_once(
    chain: Chain, mqtt_url: str, admin_database_url: str
) -> None:
    """The worker's session at the server is terminated again and again while it writes."""
    database = conninfo.conninfo_to_dict(chain.settings.database_url)["dbname"]
    with working(chain), psycopg.connect(admin_database_url, autocommit=True) as admin:
        for first in range(0, N, N // 8):
            publish(mqtt_url, single_values(chain, N // 8, first=first))
            admin.execute(
                "select pg_terminate_backend(pid) from pg_stat_activity"
                " where datname = %s and application_name like 'vigie ingest%%'",
                (database,),
            )
        chain.wait_for_stored(N)
    assert_all_stored_once(chain, N)


def test_database_out_of_reach_is_waited_for(chain: Chain, mqtt_url: str) -> None:
    """The way to the database is cut, cut again and healed; the broker keeps what the worker does not take."""
    port = int(conninfo.conninfo_to_dict(chain.settings.database_url)["port"])
    with proxied(port) as proxy:
        way = chain.settings.database_url.replace(f":{port}/", f":{proxy.port}/")
        with working(chain, database_url=way, window_n=500):
            publish(mqtt_url, single_values(chain, N // 2))
            chain.wait_for_stored(1)
            proxy.stop()
            publish(mqtt_url, single_values(chain, N // 2, first=N // 2))
            proxy.start()
            chain.wait_for_stored(N)
    assert_all_stored_once(chain, N)


def test_cut_broker_connection_stores_each_value_once(chain: Chain, mqtt_url: str) -> None:
    """The worker's way to the broker is cut five times; what was not acknowledged comes again."""
    port = int(mqtt_url.rsplit(":", 1)[1])
    with proxied(port) as proxy:
        way = mqtt_url.rsplit(":", 1)[0] + f":{proxy.port}"
        with working(chain, mqtt_url=way):
            for first in range(0, N, N // 5):
                publish(mqtt_url, single_values(chain, N // 5, first=first))
                chain.wait_for_stored(first + 1)
                proxy.stop()
                proxy.start()
            chain.wait_for_stored(N)
    assert_all_stored_once(chain, N)


MALFORMED = (
    (b'{"values": {"active_power": 1', "invalid_json"),
    (b"\xff\xfe", "invalid_utf8"),
    (b'{"values": {"active_power": NaN}}', "not_finite"),
    (b'{"values": {"active_power": 1}, "units": {"active_power": "Cel"}}', "wrong_unit"),
    (b'{"at": "1970-01-01T00:00:00Z", "values": {"active_power": 1}}', "time_too_old"),
    (b'{"at": "2100-01-01T00:00:00Z", "values": {"active_power": 1}}', "time_in_future"),
    (b'{"values": {"colour": 1}}', "unknown_quantity"),
    (b"[]", "wrong_shape"),
)


def test_one_percent_garbage_is_kept_with_its_reason(chain: Chain, mqtt_url: str) -> None:
    """Every hundredth message is malformed: it becomes a rejection with its payload, and disturbs nothing else."""
    good = single_values(chain, N)
    bad = [Message(chain.topic(f"d-{i % 10}"), MALFORMED[i % len(MALFORMED)][0]) for i in range(N // 100)]
    stranger = Message(f"vigie/{chain.territory}/nobody/up", b'{"values": {"active_power": 1}}')
    mixed = [
        message
        for i, message in enumerate(good)
        for message in ([bad[i // 100], message] if i % 100 == 0 else [message])
    ]
    with working(chain):
        publish(mqtt_url, [*mixed, stranger])
        chain.wait_for_stored(N)
        wait_until(lambda: chain.number("select count(*) from rejections") > len(bad), "the rejections")
    assert set(stored_values(chain)) == expected_values(N)
    kept = {(bytes(payload), reason) for payload, reason in chain.fetch("select payload, reason from rejections")}
    assert kept == {*MALFORMED, (stranger.payload, "unknown_device")}
    assert chain.number("select count(*) from rejections") == len(bad) + 1
    received, stored, duplicate, rejected = chain.ledger()
    assert (stored, duplicate, received) == (N, 0, N + rejected)


def test_worker_ends_cleanly_on_sigterm_within_5_s(chain: Chain, mqtt_url: str) -> None:
    with worker_process(chain) as process:
        publish(mqtt_url, single_values(chain, 500))
        chain.wait_for_stored(500)
        process.terminate()
        try:
            assert process.wait(5) == 0
        except subprocess.TimeoutExpired:
            pytest.fail("the worker did not end within 5 s")
    assert_all_stored_once(chain, 500)


def test_worker_ends_within_5_s_while_the_database_is_away(chain: Chain, mqtt_url: str) -> None:
    """What it holds stays unacknowledged, so the next worker gets it."""
    port = int(conninfo.conninfo_to_dict(chain.settings.database_url)["port"])
    with proxied(port) as proxy:
        way = replace(chain.settings, database_url=chain.settings.database_url.replace(f":{port}/", f":{proxy.port}/"))
        with worker_process(replace(chain, settings=way)) as process:
            publish(mqtt_url, single_values(chain, 100))
            chain.wait_for_stored(100)
            proxy.stop()
            publish(mqtt_url, single_values(chain, 100, first=100))
            process.terminate()
            try:
                assert process.wait(5) == 0
            except subprocess.TimeoutExpired:
                pytest.fail("the worker did not end within 5 s")
    with working(chain):
        chain.wait_for_stored(200)
    assert_all_stored_once(chain, 200)
