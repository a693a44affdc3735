"""A private authority: what it signs is trusted, for its names only; renewed and revoked as a person does it."""

import ssl
import stat
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from typer.testing import CliRunner, Result

from deploy.certs.errors import CertificateError
from deploy.certs.folder import Folder
from deploy.cli import app
from tests.support.certificates import make_certificates

NOW = datetime(2026, 6, 1, tzinfo=UTC)


def vigie(folder: Path, *words: str) -> Result:
    return CliRunner(env={"VIGIE_CERTS_DIR": str(folder)}).invoke(app, ["certs", *words])


def said(folder: Path, *words: str) -> str:
    done = vigie(folder, *words)
    assert done.exit_code == 0, done.exception
    return done.stdout


def shake_hands(folder: Folder, server: str, host: str) -> None:
    """Let a client that trusts the authority talk to a server, in memory. Raises ssl.SSLError."""
    serving = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    serving.load_cert_chain(folder.path / f"{server}.crt", folder.path / f"{server}.key")
    asking = ssl.create_default_context(cafile=folder.path / "authority.crt")
    to_server, to_client = ssl.MemoryBIO(), ssl.MemoryBIO()
    ends = [
        asking.wrap_bio(to_client, to_server, server_hostname=host),
        serving.wrap_bio(to_server, to_client, server_side=True),
    ]
    for end in ends * 3:
        try:
            end.do_handshake()
        except ssl.SSLWantReadError:
            continue


def test_servers_certificate_is_trusted_under_its_hosts_only(tmp_path: Path) -> None:
    folder = make_certificates(tmp_path / "certs")
    shake_hands(folder, "server", "127.0.0.1")
    shake_hands(folder, "server", "localhost")
    with pytest.raises(ssl.SSLCertVerificationError, match=r"elsewhere\.example"):
        shake_hands(folder, "server", "elsewhere.example")


def test_clients_certificate_cannot_pose_as_a_server(tmp_path: Path) -> None:
    folder = make_certificates(tmp_path / "certs", ["town.gw-1"])
    with pytest.raises(ssl.SSLCertVerificationError, match="purpose"):
        shake_hands(folder, "town.gw-1", "localhost")


def test_keys_are_readable_by_their_owner_only(tmp_path: Path) -> None:
    folder = make_certificates(tmp_path / "certs", ["town.gw-1"])
    assert stat.S_IMODE(folder.path.stat().st_mode) == 0o700
    assert {stat.S_IMODE(path.stat().st_mode) for path in folder.path.iterdir()} == {0o600}


def test_what_ends_soon_is_renewed_with_another_key_for_the_same_names(tmp_path: Path) -> None:
    folder = Folder(tmp_path / "certs")
    folder.make("authority", NOW)
    folder.issue("soon", "server", ["a.example", "192.0.2.1"], NOW, days=29)
    folder.issue("later", "client", (), NOW, days=31)
    assert [entry.name for entry in folder.entries() if entry.is_due(NOW)] == ["soon"]
    key, old = (folder.path / "soon.key").read_text(), folder.find("soon")
    new = folder.renew("soon", NOW)
    assert (new.role, new.hosts) == (old.role, old.hosts) == ("server", ("a.example", "192.0.2.1"))
    assert new.ends_at > old.ends_at
    assert new.serial != old.serial
    assert (folder.path / "soon.key").read_text() != key


def test_nothing_outlives_its_authority(tmp_path: Path) -> None:
    folder = Folder(tmp_path / "certs")
    folder.make("authority", NOW)
    late = folder.issue("late", "client", (), NOW + timedelta(days=3600))
    assert late.ends_at == folder.authority_ends_at()


def test_revoked_stay_on_the_list(tmp_path: Path) -> None:
    folder = make_certificates(tmp_path / "certs", ["a", "b"])
    serials = {folder.revoke(name, NOW).serial for name in ("a", "b")}
    listed = x509.load_pem_x509_crl((folder.path / "revoked.crl").read_bytes())
    assert {one.serial_number for one in listed} == serials
    with pytest.raises(CertificateError, match=r"there is no .*a\.crt"):
        folder.find("a")


def test_commands_make_list_renew_and_revoke(tmp_path: Path) -> None:
    folder = tmp_path / "certs"
    assert "give authority.crt to gateways" in said(folder, "init")
    assert "for broker.example until" in said(folder, "server", "broker", "--host", "broker.example")
    said(folder, "client", "town.gw-1", "--days", "20")
    listed = vigie(folder, "list")
    assert listed.exit_code == 1
    assert [line.split("\t")[:2] for line in listed.stdout.splitlines()] == [
        ["authority", "-"],
        ["town.gw-1", "client"],
        ["broker", "server"],
    ]
    assert said(folder, "renew").startswith("town.gw-1 renewed until")
    assert said(folder, "renew") == "nothing is due\n"
    assert "is revoked" in said(folder, "revoke", "town.gw-1")
    assert "town.gw-1" not in said(folder, "list")


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["init"], "holds an authority already"),
        (["server", "server"], "there is a certificate for server"),
        (["renew", "nobody"], "there is no"),
        (["client", "../evil"], "a certificate's name is"),
        (["client", "authority"], "a certificate's name is"),
    ],
)
def test_what_cannot_be_done_is_said_in_a_sentence(tmp_path: Path, words: list[str], sentence: str) -> None:
    folder = make_certificates(tmp_path / "certs")
    done = vigie(folder.path, *words)
    assert isinstance(done.exception, CertificateError)
    assert sentence in str(done.exception)
