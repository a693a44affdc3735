"""Logs of the embedded servers and of the demo's programs stay small, while their writers go on."""

import contextlib
import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from deploy import demo
from deploy.local import ensure_started, place_of, stop
from deploy.local.alarm import clients_losing
from deploy.local.lock import open_lock, try_lock
from deploy.local.log_limit import LogLimitError, keep_small, kept_beside, read_limit
from deploy.local.state import LOOPBACK
from deploy.processes import start_program, stop_programs
from tests.support.checkouts import a_checkout, an_owner, embedded
from tests.support.services import with_database
from tests.support.waiting import wait_until

LIMIT_BYTES = 20_000
LIMIT_MB = str(LIMIT_BYTES / 1e6)
PATIENCE_S = 60.0


def test_log_that_is_full_begins_anew_and_keeps_what_it_held(tmp_path: Path) -> None:
    """Its writer keeps it open, and goes on at the new begin without a hole."""
    log, small = tmp_path / "program.log", tmp_path / "small.log"
    small.write_bytes(b"x" * LIMIT_BYTES)
    with log.open("ab", buffering=0) as writer:
        for turn in (b"1", b"2"):
            writer.write(turn * LIMIT_BYTES)
            keep_small([log, small, tmp_path / "absent.log"], LIMIT_BYTES)
            assert (log.stat().st_size, kept_beside(log).exists()) == (0 if turn == b"2" else LIMIT_BYTES, turn == b"2")
        writer.write(b"3")
    assert log.read_bytes() == b"3"
    assert kept_beside(log).read_bytes() == b"1" * LIMIT_BYTES + b"2" * LIMIT_BYTES
    assert small.stat().st_size == LIMIT_BYTES


def test_what_the_broker_dropped_is_known_after_its_log_began_anew(tmp_path: Path) -> None:
    log = tmp_path / "mosquitto.log"
    line = "1: Outgoing messages are being dropped for client worker-1.\n"
    log.write_text(line * 2, encoding="utf-8")
    keep_small([log], 10)
    assert clients_losing(log) == ["worker-1"]


@pytest.mark.parametrize("text", ["0", "-1", "nan", "inf", "much"])
def test_limit_that_says_nothing_is_refused(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VIGIE_LOG_LIMIT_MB", text)
    with pytest.raises(LogLimitError, match="VIGIE_LOG_LIMIT_MB must be"):
        read_limit()


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.setenv("VIGIE_LOG_LIMIT_MB", LIMIT_MB)
    with a_checkout(tmp_path / "logging") as folder:
        yield folder


def make_servers_write(postgres_url: str, mqtt_port: int) -> None:
    """Have both servers write some 5 kB of log."""
    with psycopg.connect(postgres_url, autocommit=True) as connection:
        for _ in range(50):
            with pytest.raises(psycopg.errors.DivisionByZero):
                connection.execute("select 1 / 0")
    for _ in range(50):
        with socket.create_connection((LOOPBACK, mqtt_port)) as stranger:
            stranger.sendall(b"no MQTT")
            with contextlib.suppress(ConnectionResetError):
                stranger.recv(1)  # the broker closes it


@pytest.mark.services
@pytest.mark.usefixtures("services")
def test_logs_of_servers_stay_small_also_of_those_started_by_hand(checkout: Path) -> None:
    """The watchdog empties them while both servers go on, and ends when they are stopped."""
    services = ensure_started(checkout)
    place, port = place_of(checkout), embedded(services).mqtt_port
    for log in (place.postgres_log, place.broker_log):

        def began_anew(log: Path = log) -> bool:
            make_servers_write(with_database(services.database_url, "postgres"), port)
            return kept_beside(log).exists()

        wait_until(began_anew, f"{log.name} began anew", PATIENCE_S)
        make_servers_write(with_database(services.database_url, "postgres"), port)
        assert log.stat().st_size > 0
        assert b"\0" not in log.read_bytes()
        assert kept_beside(log).stat().st_size > LIMIT_BYTES
    stop(checkout)
    wait_until(lambda: is_free(place.watchdog_lock), "the watchdog has ended", PATIENCE_S)


def is_free(lock: Path) -> bool:
    """Say whether nobody holds a lock."""
    with open(open_lock(lock), "rb") as descriptor:
        return try_lock(descriptor.fileno())


@pytest.mark.services
@pytest.mark.usefixtures("services")
def test_servers_that_somebody_owns_are_watched_too(checkout: Path) -> None:
    with an_owner(checkout):
        place = place_of(checkout)
        with place.postgres_log.open("ab") as log:
            log.write(b"x\n" * LIMIT_BYTES)
        wait_until(kept_beside(place.postgres_log).exists, "the log began anew", PATIENCE_S)


def test_logs_of_the_demo_stay_small(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VIGIE_LOG_LIMIT_MB", LIMIT_MB)
    monkeypatch.setattr(demo, "REFERENCE", tmp_path / "none.json")
    log = tmp_path / "simulate.log"
    log.write_bytes(b"x" * (LIMIT_BYTES + 1))
    program = start_program("simulate", ["simulate"], {"VIGIE_MQTT_URL": "mqtt://127.0.0.1:1"}, log)
    is_over = threading.Event()

    def end_in_time() -> None:
        try:
            wait_until(kept_beside(log).exists, "the log began anew", PATIENCE_S)
        finally:
            is_over.set()

    ending = threading.Thread(target=end_in_time)
    ending.start()
    demo.watch([program], is_over, "")
    ending.join()
    stop_programs([program])
    assert kept_beside(log).read_bytes().startswith(b"x" * LIMIT_BYTES)
