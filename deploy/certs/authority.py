"""Certificates as values: an authority of our own signs those of servers and clients (RFC 5280). No files here."""

import ipaddress
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

AUTHORITY_DAYS = 3650
LEAF_DAYS = 398
REVOCATIONS_DAYS = 3650  # a list that has ended would lock every gateway out
EARLIER = timedelta(hours=1)  # for machines whose clock is behind
LONGEST_NAME = 64  # RFC 5280, ub-common-name
Role = Literal["server", "client"]
Key = ec.EllipticCurvePrivateKey


@dataclass(frozen=True, slots=True)
class Pair:
    """A certificate and its key."""

    certificate: x509.Certificate
    key: Key


def make_authority(name: str, now: datetime) -> Pair:
    """Make an authority that signs leaves only, on P-256 for ten years."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = common_name(name)
    builder = begin(subject, subject, key.public_key(), now, now + timedelta(days=AUTHORITY_DAYS))
    builder = builder.add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
    builder = builder.add_extension(usage(signs_certificates=True), critical=True)
    return Pair(builder.sign(key, hashes.SHA256()), key)


def issue(authority: Pair, name: str, role: Role, hosts: Sequence[str], now: datetime, days: int = LEAF_DAYS) -> Pair:
    """Make a certificate with a new key; it ends no later than its authority.

    `hosts` are the names and addresses under which a server is called; a client has none, its `name` is its identity.
    Raises ValueError where the name is too long, a server has no host or a client has one.
    """
    if not 0 < len(name) <= LONGEST_NAME:
        raise ValueError(f"a certificate's name has 1 to {LONGEST_NAME} characters: {name!r}")
    if (role == "server") != bool(hosts):
        raise ValueError("a server needs the hosts under which it is called, a client has none")
    key = ec.generate_private_key(ec.SECP256R1())
    until = min(now + timedelta(days=days), authority.certificate.not_valid_after_utc)
    builder = begin(common_name(name), authority.certificate.subject, key.public_key(), now, until)
    builder = builder.add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
    builder = builder.add_extension(usage(signs_certificates=False), critical=True)
    purpose = ExtendedKeyUsageOID.SERVER_AUTH if role == "server" else ExtendedKeyUsageOID.CLIENT_AUTH
    builder = builder.add_extension(x509.ExtendedKeyUsage([purpose]), critical=False)
    signer = x509.AuthorityKeyIdentifier.from_issuer_public_key(authority.key.public_key())
    builder = builder.add_extension(signer, critical=False)
    if hosts:
        builder = builder.add_extension(
            x509.SubjectAlternativeName([host_name(host) for host in hosts]), critical=False
        )
    return Pair(builder.sign(authority.key, hashes.SHA256()), key)


def revoke(authority: Pair, serials: Iterable[int], now: datetime) -> x509.CertificateRevocationList:
    """Sign a list of the certificates that count no more."""
    builder = x509.CertificateRevocationListBuilder(
        issuer_name=authority.certificate.subject,
        last_update=now - EARLIER,
        next_update=now + timedelta(days=REVOCATIONS_DAYS),
    )
    for serial in sorted(set(serials)):
        entry = x509.RevokedCertificateBuilder(serial_number=serial, revocation_date=now - EARLIER)
        builder = builder.add_revoked_certificate(entry.build())
    return builder.sign(authority.key, hashes.SHA256())


def begin(
    subject: x509.Name, issuer: x509.Name, public: ec.EllipticCurvePublicKey, now: datetime, until: datetime
) -> x509.CertificateBuilder:
    """Begin a certificate with what all of them have."""
    builder = x509.CertificateBuilder(
        issuer_name=issuer,
        subject_name=subject,
        public_key=public,
        serial_number=x509.random_serial_number(),
        not_valid_before=now - EARLIER,
        not_valid_after=until,
    )
    return builder.add_extension(x509.SubjectKeyIdentifier.from_public_key(public), critical=False)


def role_of(certificate: x509.Certificate) -> Role:
    """Say whose certificate it is."""
    purposes = certificate.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
    return "server" if ExtendedKeyUsageOID.SERVER_AUTH in purposes else "client"


def hosts_of(certificate: x509.Certificate) -> list[str]:
    """Give the names and addresses of a server's certificate, none for a client's."""
    try:
        names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except x509.ExtensionNotFound:
        return []
    return [str(name.value) for name in names]


def name_of(certificate: x509.Certificate) -> str:
    """Give the name that a certificate is issued to."""
    return str(certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)[0].value)


def common_name(name: str) -> x509.Name:
    """Write a name as certificates have it."""
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])


def host_name(host: str) -> x509.GeneralName:
    """Write an address or a DNS name."""
    try:
        return x509.IPAddress(ipaddress.ip_address(host))
    except ValueError:
        return x509.DNSName(host)


def usage(*, signs_certificates: bool) -> x509.KeyUsage:
    """Say what a key may be used for."""
    return x509.KeyUsage(
        digital_signature=not signs_certificates,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=signs_certificates,
        crl_sign=signs_certificates,
        encipher_only=False,
        decipher_only=False,
    )
