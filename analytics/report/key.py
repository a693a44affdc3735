"""Keys that sign reports: Ed25519 (RFC 8032)."""

import base64
import binascii
import hashlib

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)

from analytics.report.errors import ChangedReportError, OtherKeyError, ReportError
from analytics.report.manifest import Signature

N_BYTES = 32


def make_key() -> bytes:
    """Make a key, as PEM (PKCS 8)."""
    return Ed25519PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def load_key(pem: bytes) -> Ed25519PrivateKey:
    """Read a key. Raises ReportError where it is none of ours."""
    try:
        key = load_pem_private_key(pem, password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise ReportError("the key that signs reports cannot be read: it is no unencrypted PEM") from error
    if not isinstance(key, Ed25519PrivateKey):
        raise ReportError("the key that signs reports is of another kind than Ed25519")
    return key


def public_text(key: Ed25519PrivateKey) -> str:
    """Give the public half, in base64."""
    return base64.b64encode(key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)).decode()


def fingerprint(public: str) -> str:
    """Give what people compare: the first 16 bytes of the public key's SHA-256, in groups.

    Raises
    ------
    ReportError
        It is no public key.
    """
    digest = hashlib.sha256(read_public(public)).hexdigest()[:32]
    return " ".join(digest[at : at + 4] for at in range(0, 32, 4))


def read_public(text: str) -> bytes:
    """Read a public key in base64. Raises ReportError."""
    try:
        raw = base64.b64decode(text.strip(), validate=True)
    except (binascii.Error, ValueError) as error:
        raise ReportError("a public key is 44 characters of base64, as `vigie report key` prints it") from error
    if len(raw) != N_BYTES:
        raise ReportError("a public key is 44 characters of base64, as `vigie report key` prints it")
    return raw


def sign(key: Ed25519PrivateKey, manifest: bytes) -> Signature:
    """Sign a manifest."""
    return Signature(public_text(key), base64.b64encode(key.sign(manifest)).decode())


def check(signature: Signature, manifest: bytes, expected_key: str | None = None) -> None:
    """Look whether a manifest is what was signed, and, where a public key is expected, whether with that one.

    Raises
    ------
    ChangedReportError
        It is not what was signed.
    OtherKeyError
        It was signed with another key.
    """
    try:
        raw = base64.b64decode(signature.signature, validate=True)
        Ed25519PublicKey.from_public_bytes(read_public(signature.public_key)).verify(raw, manifest)
    except (InvalidSignature, binascii.Error, ValueError, ReportError) as error:
        raise ChangedReportError("the signature does not hold: the manifest was changed after it was signed") from error
    if expected_key is not None and read_public(expected_key) != read_public(signature.public_key):
        raise OtherKeyError(
            f"it was signed with the key {fingerprint(signature.public_key)}, not with {fingerprint(expected_key)}"
        )
