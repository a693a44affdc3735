"""Starting, keeping and stopping the embedded services."""

import socket
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from deploy.local import LocalError, Services, ensure_started, find_services, place_of, stop
from deploy.local.errors import PortTakenError
from deploy.local.process import is_running, read_pid, wait_until
from deploy.local.state import LOOPBACK, WantedPorts
from tests.support.checkouts import a_checkout, an_owner, embedded

pytestmark = [pytest.mark.services, pytest.mark.usefixtures("services")]  # the tree is there after these

DEADLINE_S = 30.0


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    with a_checkout(tmp_path_factory.mktemp("start") / "one") as folder:
        yield folder


def pids(services: Services | None) -> tuple[int, int]:
    found = embedded(services)
    return found.postgres_pid, found.mosquitto_pid


def all_gone(postgres_pid: int, mosquitto_pid: int) -> bool:
    return not is_running(postgres_pid, "postgres") and not is_running(mosquitto_pid, "mosquitto")


def test_second_start_uses_the_running_servers(checkout: Path) -> None:
    assert pids(ensure_started(checkout)) == pids(ensure_started(checkout))


def test_stop_ends_both_servers_and_the_next_start_finds_the_data(checkout: Path) -> None:
    first = ensure_started(checkout)
    with psycopg.connect(first.database_url, autocommit=True) as connection:
        connection.execute("drop table if exists kept")
        connection.execute("create table kept as select 42 as answer")
    assert stop(checkout)
    assert all_gone(*pids(first))
    assert find_services(checkout) is None
    with psycopg.connect(ensure_started(checkout).database_url) as connection:
        assert connection.execute("select answer from kept").fetchone() == (42,)


def test_database_role_is_no_superuser_but_makes_databases_and_roles(checkout: Path) -> None:
    with psycopg.connect(ensure_started(checkout).database_url) as connection:
        rights = connection.execute(
            "select rolsuper, rolcreatedb, rolcreaterole from pg_roles where rolname = current_user"
        ).fetchone()
    assert rights == (False, True, True)


def test_servers_listen_on_loopback_only_and_run_as_no_root(checkout: Path) -> None:
    for pid in pids(ensure_started(checkout)):
        status = Path(f"/proc/{pid}/status").read_text(encoding="utf-8")
        assert "\nUid:\t0\t" not in status
    for port in (embedded(find_services(checkout)).postgres_port, embedded(find_services(checkout)).mqtt_port):
        tables = (Path(f"/proc/net/{name}").read_text(encoding="utf-8") for name in ("tcp", "tcp6"))
        listening = [line.split()[1] for table in tables for line in table.splitlines() if " 0A " in line]
        assert [address for address in listening if address.endswith(f":{port:04X}")] == [f"0100007F:{port:04X}"]


def test_passwords_are_readable_by_their_owner_only(checkout: Path) -> None:
    ensure_started(checkout)
    place = place_of(checkout)
    for path in (place.state_file, place.broker / "passwords"):
        assert path.stat().st_mode & 0o077 == 0
    assert embedded(find_services(checkout)).place.data.stat().st_mode & 0o077 == 0


def test_services_started_by_hand_outlive_an_owner(checkout: Path) -> None:
    by_hand = pids(ensure_started(checkout))
    with an_owner(checkout) as (process, seen):
        assert tuple(seen) == by_hand
        process.communicate("")
    assert process.returncode == 0
    assert pids(find_services(checkout)) == by_hand


def test_start_refuses_a_taken_port_that_was_asked_for(checkout: Path) -> None:
    stop(checkout)
    with socket.create_server((LOOPBACK, 0)) as other:
        port = other.getsockname()[1]
        with pytest.raises(PortTakenError, match=f"port {port} is taken"):
            ensure_started(checkout, WantedPorts(mqtt=port))


def test_start_takes_another_port_when_the_remembered_one_is_taken(checkout: Path) -> None:
    port = embedded(ensure_started(checkout)).mqtt_port
    stop(checkout)
    with socket.create_server((LOOPBACK, port)):
        assert embedded(ensure_started(checkout)).mqtt_port != port


def test_start_says_so_when_the_servers_run_at_other_ports(checkout: Path) -> None:
    port = embedded(ensure_started(checkout)).mqtt_port
    with pytest.raises(LocalError, match="already at other ports"):
        ensure_started(checkout, WantedPorts(mqtt=port + 1))


def test_killed_owner_leaves_no_servers(checkout: Path) -> None:
    stop(checkout)
    with an_owner(checkout) as (process, (postgres_pid, mosquitto_pid)):
        assert not all_gone(postgres_pid, mosquitto_pid)
        process.kill()
        assert wait_until(lambda: all_gone(postgres_pid, mosquitto_pid), DEADLINE_S)


def test_last_of_two_owners_stops_the_servers(checkout: Path) -> None:
    stop(checkout)
    with an_owner(checkout) as (first, (postgres_pid, mosquitto_pid)), an_owner(checkout) as (second, seen):
        assert seen == [postgres_pid, mosquitto_pid]
        first.communicate("")  # ends as it should, and waits for nobody
        assert is_running(postgres_pid, "postgres")
        assert is_running(mosquitto_pid, "mosquitto")
        second.kill()
        assert wait_until(lambda: all_gone(postgres_pid, mosquitto_pid), DEADLINE_S)


def test_two_checkouts_do_not_disturb_each_other(checkout: Path, tmp_path: Path) -> None:
    one = ensure_started(checkout)
    with a_checkout(tmp_path / "two") as folder:
        two = ensure_started(folder)
        assert set(pids(one)).isdisjoint(pids(two))
        with psycopg.connect(one.database_url), psycopg.connect(two.database_url):
            pass
        stop(folder)
        assert all_gone(*pids(two))
    assert pids(find_services(checkout)) == pids(one)


def test_number_of_a_server_of_other_data_is_not_ours(checkout: Path, tmp_path: Path) -> None:
    """After a crash of the machine a pid file may name another cluster's server."""
    pid = embedded(ensure_started(checkout)).postgres_pid
    (tmp_path / "postmaster.pid").write_text(f"{pid}\n", encoding="utf-8")
    assert read_pid(place_of(checkout).postgres_data / "postmaster.pid", "postgres") == pid
    assert read_pid(tmp_path / "postmaster.pid", "postgres") is None
