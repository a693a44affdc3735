"""TLS at the broker, the database and the API, by certificates as `vigie certs` makes them; rights by identity."""

import json
import os
import ssl
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import psycopg
import pytest

from deploy.broker_rights import write_rights
from deploy.certs.folder import Folder
from deploy.check.session import ProbeSession
from deploy.local.place import place_of
from deploy.local.state import LOOPBACK, free_port, is_free
from deploy.local.tree import SERVICES, ensure_tree
from ingest.broker import read_broker_url
from ingest.errors import RefusedError
from ingest.settings import Settings
from sensors.formats.native import NativeMessage, encode
from simulators.outbox import OutgoingMessage
from simulators.publisher import Publisher
from store.broker_rights import Sender
from store.connect import connect
from store.errors import StoreError
from store.registry import DeviceEntry, TerritoryEntry, register
from tests.support.certificates import broker_tls, make_certificates
from tests.support.chain import Chain, stored_values, worker_process
from tests.support.scratch_server import scratch_server
from tests.support.shared import REPOSITORY
from tests.support.waiting import wait_until

pytestmark = pytest.mark.services
GATEWAY, OTHER = "town.gw-1", "town.gw-2"
SENDERS = [Sender("town", "gw-1", ("lamp-1", "lamp-2")), Sender("town", "gw-2", ("lamp-3",))]


@contextmanager
def tls_broker(folder: Folder) -> Iterator[str]:
    """Run a broker with the configuration that Vigie ships, and give its address without a client."""
    port = free_port()
    text = (REPOSITORY / "deploy/mosquitto/tls.conf").read_text(encoding="utf-8")
    text = text.replace("@folder@", str(folder.path)).replace("listener 8883", f"user root\nlistener {port} {LOOPBACK}")
    text = text.replace("broker.crt", "server.crt").replace("broker.key", "server.key")
    (folder.path / "mosquitto.conf").write_text(text, encoding="utf-8")
    (folder.path / "acl").write_text(write_rights(SENDERS), encoding="utf-8")
    (folder.path / "acl").chmod(0o600)
    program = ensure_tree(SERVICES, place_of(REPOSITORY).cache) / "usr/sbin/mosquitto"
    command = [str(program), "-c", str(folder.path / "mosquitto.conf")]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        try:
            wait_until(lambda: not is_free(port), "the broker listens", 10)
            yield f"mqtts://{LOOPBACK}:{port}"
        finally:
            process.kill()


@contextmanager
def session(url: str, folder: Folder, client: str) -> Iterator[ProbeSession]:
    opened = ProbeSession(f"{url}?{broker_tls(folder, client)}", f"test-{client}")
    opened.open(clean=True)
    try:
        yield opened
    finally:
        opened.close()


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    return make_certificates(tmp_path / "certs", [GATEWAY, OTHER, "vigie", "stranger"])


def may_publish(url: str, folder: Folder, client: str, topic: str) -> bool:
    """Say whether the broker takes what a client publishes there; after a refusal it parts."""
    with session(url, folder, client) as speaker:
        speaker.publish(topic, b"{}")
        return not speaker.answers[0].is_failure


def is_let_in(url: str, *files: Path) -> bool:
    """Say whether the broker takes a message from Mosquitto's own client with these files."""
    program = ensure_tree(SERVICES, place_of(REPOSITORY).cache) / "usr/bin/mosquitto_pub"
    named = [word for pair in zip(("--cafile", "--cert", "--key"), map(str, files), strict=False) for word in pair]
    address = ["-h", LOOPBACK, "-p", url.rpartition(":")[2]]
    done = subprocess.run(
        [str(program), *address, *named, "-q", "1", "-t", "vigie/town/lamp-1/up", "-m", "{}"],
        capture_output=True,
        timeout=30,
        check=False,
    )
    return done.returncode == 0


def test_gateway_publishes_for_its_own_devices_alone(folder: Folder) -> None:
    """Identity is the certificate's name: another's device, another's receipts and other topics are refused."""
    with tls_broker(folder) as url:
        for topic in ("vigie/town/lamp-1/up", "vigie/town/gw-1/up"):
            assert may_publish(url, folder, GATEWAY, topic)
        for topic in (
            "vigie/town/lamp-3/up",
            "vigie/town/gw-2/up",
            "vigie/other/lamp-1/up",
            "vigie/town/gw-1/receipts",
        ):
            assert not may_publish(url, folder, GATEWAY, topic)


def test_gateway_hears_its_own_receipts_alone(folder: Folder) -> None:
    with tls_broker(folder) as url, session(url, folder, "vigie") as vigie, session(url, folder, GATEWAY) as gateway:
        gateway.acknowledge_all()
        gateway.subscribe("vigie/town/+/receipts")
        vigie.publish("vigie/town/gw-2/receipts", b"theirs")
        vigie.publish("vigie/town/gw-1/receipts", b"ours")
        wait_until(lambda: gateway.messages, "the own receipt")
        assert {message.topic for message in gateway.messages} == {"vigie/town/gw-1/receipts"}


def test_client_with_a_certificate_but_no_rights_can_do_nothing(folder: Folder) -> None:
    with tls_broker(folder) as url:
        assert not may_publish(url, folder, "stranger", "vigie/town/lamp-1/up")


def test_broker_refuses_strangers_and_the_revoked(folder: Folder, tmp_path: Path) -> None:
    """No certificate, one of another authority by the same name, and one that was revoked: none gets in."""
    foreign = make_certificates(tmp_path / "foreign", [GATEWAY])
    authority = folder.path / "authority.crt"
    revoked = [tmp_path / "old.crt", tmp_path / "old.key"]
    for path in revoked:
        path.write_bytes((folder.path / f"{OTHER}{path.suffix}").read_bytes())
    folder.revoke(OTHER, datetime.now(UTC))
    with tls_broker(folder) as url:
        assert is_let_in(url, authority, folder.path / f"{GATEWAY}.crt", folder.path / f"{GATEWAY}.key")
        assert not is_let_in(url, authority)
        assert not is_let_in(url, authority, foreign.path / f"{GATEWAY}.crt", foreign.path / f"{GATEWAY}.key")
        assert not is_let_in(url, authority, *revoked)


def test_gateway_and_worker_come_in_by_their_certificates_and_the_value_is_receipted(
    folder: Folder, database_url: str
) -> None:
    """No password anywhere: the worker is `vigie`, the gateway sends until its receipt is there."""
    with psycopg.connect(database_url) as connection:
        register(connection, [TerritoryEntry("town", "Town")], devices=[DeviceEntry("town", "lamp-1")])
    payload = encode(NativeMessage({"active_power": 41.5}, 1_780_000_000, "m-1", gateway="gw-1"))
    with tls_broker(folder) as url:
        chain = Chain(Settings(database_url, f"{url}?{broker_tls(folder, 'vigie')}", territory="town"), "town")
        with worker_process(chain), Publisher(f"{url}?{broker_tls(folder, GATEWAY)}", "gw-1", "town") as gateway:
            gateway.publish(OutgoingMessage(chain.topic("lamp-1"), payload, "m-1", "gw-1"))
            assert gateway.drain(60).stored == 1
    assert stored_values(chain) == [("lamp-1", 1_780_000_000_000_000, 41.5)]


def test_broker_url_with_files_that_cannot_be_used_ends_the_worker_in_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(RefusedError, match=r"absent\.crt"):
        read_broker_url(f"mqtts://broker?cafile={tmp_path}/absent.crt", "test", 10)


def test_database_is_reached_by_tls_with_its_name_checked(tmp_path: Path) -> None:
    folder = make_certificates(tmp_path / "certs")
    with scratch_server() as server, psycopg.connect(server.database_url, autocommit=True) as admin:
        row = admin.execute("show data_directory").fetchone()
        assert row is not None
        data = Path(row[0])
        owner = data.stat()
        for ending in ("crt", "key"):
            copy = data / f"server.{ending}"
            copy.write_bytes((folder.path / f"server.{ending}").read_bytes())
            copy.chmod(0o600)
            os.chown(copy, owner.st_uid, owner.st_gid)
        admin.execute("alter system set ssl = on")
        admin.execute("select pg_reload_conf()")
        trusted = f"{server.database_url}?sslmode=verify-full&sslrootcert={folder.path}/authority.crt"
        wait_until(lambda: is_encrypted(trusted), "the server speaks TLS")
        foreign = make_certificates(tmp_path / "foreign")
        with pytest.raises(StoreError, match="certificate"):
            connect(trusted.replace(str(folder.path), str(foreign.path)), program="test")


def is_encrypted(url: str) -> bool:
    try:
        with connect(url, program="test") as connection:
            row = connection.execute("select ssl from pg_stat_ssl where pid = pg_backend_pid()").fetchone()
    except StoreError:
        return False
    return row == (True,)


def test_api_speaks_https(database_url: str, tmp_path: Path) -> None:
    folder = make_certificates(tmp_path / "certs")
    port = free_port()
    environment = {
        "VIGIE_DATABASE_URL": database_url,
        "VIGIE_API_PORT": str(port),
        "VIGIE_API_TLS_CERTIFICATE": str(folder.path / "server.crt"),
        "VIGIE_API_TLS_KEY": str(folder.path / "server.key"),
    }
    context = ssl.create_default_context(cafile=folder.path / "authority.crt")
    command = [sys.executable, "-m", "deploy.cli", "api"]
    with subprocess.Popen(command, cwd=REPOSITORY, env={**os.environ, **environment}) as process:
        try:
            wait_until(lambda: not is_free(port), "the API listens", 60)
            with urllib.request.urlopen(f"https://{LOOPBACK}:{port}/v1/health", context=context, timeout=10) as answer:
                assert json.load(answer) == {"status": "degraded"}  # nobody ingests or analyses here
        finally:
            process.terminate()
