"""The folder of a private authority: `authority.crt`, `authority.key`, `revoked.crl`, and a pair of files per name."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from deploy.certs.authority import LEAF_DAYS, Pair, Role, hosts_of, issue, make_authority, name_of, revoke, role_of
from deploy.certs.errors import CertificateError
from deploy.local.state import write_private

AUTHORITY = "authority"
REVOKED = "revoked.crl"
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:@-]{0,63}")
RENEWAL = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Entry:
    """A certificate of the folder: whose, for what, until when."""

    name: str
    role: Role
    hosts: tuple[str, ...]
    ends_at: datetime
    serial: int

    def is_due(self, now: datetime, within: timedelta = RENEWAL) -> bool:
        """Say whether it is time to renew."""
        return self.ends_at - now <= within


class Folder:
    """What lies in a folder that only its owner may enter. Nothing is kept in memory."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def make(self, name: str, now: datetime) -> None:
        """Make the authority. Raises CertificateError where there is one: what it signed would be worth nothing."""
        if (self.path / f"{AUTHORITY}.key").exists():
            raise CertificateError(f"{self.path} holds an authority already; `vigie certs renew` renews what it signed")
        self.path.mkdir(mode=0o700, parents=True, exist_ok=True)
        authority = make_authority(name, now)
        self._write(AUTHORITY, authority)
        self._write_revoked(authority, (), now)

    def issue(self, name: str, role: Role, hosts: Sequence[str], now: datetime, days: int = LEAF_DAYS) -> Entry:
        """Make a pair of files for a name that has none. Raises CertificateError."""
        self._check_name(name)
        if (self.path / f"{name}.crt").exists():
            raise CertificateError(f"there is a certificate for {name}; `vigie certs renew {name}` makes another")
        return self._issue(name, role, hosts, now, days)

    def renew(self, name: str, now: datetime, days: int = LEAF_DAYS) -> Entry:
        """Make a pair of files anew, with a new key, for the same name and hosts. Raises CertificateError."""
        old = self.find(name)
        return self._issue(old.name, old.role, old.hosts, now, days)

    def revoke(self, name: str, now: datetime) -> Entry:
        """List a certificate among those that count no more, and take its files away. Raises CertificateError."""
        entry, authority = self.find(name), self._authority()
        self._write_revoked(authority, (*self._revoked(), entry.serial), now)
        for ending in ("crt", "key"):
            (self.path / f"{name}.{ending}").unlink(missing_ok=True)
        return entry

    def find(self, name: str) -> Entry:
        """Give the certificate of a name. Raises CertificateError where there is none."""
        self._check_name(name)
        certificate = self._read(name)
        return Entry(
            name_of(certificate),
            role_of(certificate),
            tuple(hosts_of(certificate)),
            certificate.not_valid_after_utc,
            certificate.serial_number,
        )

    def entries(self) -> list[Entry]:
        """Give all certificates but the authority's, the one that ends first first."""
        names = sorted(path.stem for path in self.path.glob("*.crt") if path.stem != AUTHORITY)
        return sorted((self.find(name) for name in names), key=lambda entry: entry.ends_at)

    def authority_ends_at(self) -> datetime:
        """Say until when the authority counts. Raises CertificateError where there is none."""
        return self._read(AUTHORITY).not_valid_after_utc

    def _issue(self, name: str, role: Role, hosts: Sequence[str], now: datetime, days: int) -> Entry:
        try:
            pair = issue(self._authority(), name, role, hosts, now, days)
        except ValueError as error:
            raise CertificateError(str(error)) from error
        self._write(name, pair)
        return self.find(name)

    def _authority(self) -> Pair:
        certificate = self._read(AUTHORITY)
        path = self.path / f"{AUTHORITY}.key"
        try:
            key = serialization.load_pem_private_key(path.read_bytes(), None)
        except (OSError, ValueError, TypeError) as error:
            raise CertificateError(f"the authority's key cannot be read: {path}") from error
        if not isinstance(key, ec.EllipticCurvePrivateKey):
            raise CertificateError(f"{path} holds no key of ours")
        return Pair(certificate, key)

    def _read(self, name: str) -> x509.Certificate:
        path = self.path / f"{name}.crt"
        try:
            return x509.load_pem_x509_certificate(path.read_bytes())
        except FileNotFoundError as error:
            hint = "`vigie certs init` makes the authority" if name == AUTHORITY else "see `vigie certs list`"
            raise CertificateError(f"there is no {path}; {hint}") from error
        except (OSError, ValueError) as error:
            raise CertificateError(f"{path} holds no certificate") from error

    def _revoked(self) -> list[int]:
        path = self.path / REVOKED
        return [one.serial_number for one in x509.load_pem_x509_crl(path.read_bytes())]

    def _write_revoked(self, authority: Pair, serials: Sequence[int], now: datetime) -> None:
        pem = revoke(authority, serials, now).public_bytes(serialization.Encoding.PEM)
        write_private(self.path / REVOKED, pem.decode("ascii"))

    def _write(self, name: str, pair: Pair) -> None:
        """Write the key, then the certificate."""
        key = pair.key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        write_private(self.path / f"{name}.key", key.decode("ascii"))
        write_private(self.path / f"{name}.crt", pair.certificate.public_bytes(serialization.Encoding.PEM).decode())

    def _check_name(self, name: str) -> None:
        if not NAME.fullmatch(name) or name == AUTHORITY:
            raise CertificateError(f"a certificate's name is letters, digits and . _ : @ -, not {name!r}")
