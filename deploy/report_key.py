"""The key that signs reports: made at first use beside the passwords of the services, or given by VIGIE_REPORT_KEY."""

import os
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from analytics.report.key import load_key, make_key, public_text
from deploy.errors import SettingError
from deploy.local.place import make_place, place_of
from deploy.local.state import write_private


def own_key() -> Ed25519PrivateKey:
    """Read the key; where none was given or made yet, make it.

    Raises
    ------
    SettingError
        VIGIE_REPORT_KEY names a file that cannot be read.
    ReportError
        The file holds no key of ours.
    """
    path = key_path()
    if not path.exists() and not os.environ.get("VIGIE_REPORT_KEY"):
        make_place(place_of())
        write_private(path, make_key().decode())
    return read_key(path)


def own_public() -> str | None:
    """Give the public half of the key (base64), None where there is none yet."""
    path = key_path()
    return public_text(read_key(path)) if path.exists() else None


def key_path() -> Path:
    """Say where the key lies."""
    given = os.environ.get("VIGIE_REPORT_KEY")
    return Path(given) if given else place_of().data / "report_key.pem"


def read_key(path: Path) -> Ed25519PrivateKey:
    """Read a key."""
    try:
        return load_key(path.read_bytes())
    except OSError as error:
        raise SettingError(f"the key that signs reports cannot be read: {path}: {error.strerror}") from error
