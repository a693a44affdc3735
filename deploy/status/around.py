"""What is asked outside the database: broker, API, certificates, disk."""

import os
import secrets
import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

from deploy.certs.errors import CertificateError
from deploy.certs.folder import Folder
from deploy.check.session import ProbeError, ProbeSession
from deploy.health import answers
from deploy.status.line import Line, Standing

SCARCE = 0.1


def broker_line(mqtt_url: str) -> Line:
    """Connect as a client would."""
    session = ProbeSession(mqtt_url, f"vigie-status-{secrets.token_hex(4)}")
    try:
        session.open(clean=True)
    except ProbeError as error:
        return Line("broker", Standing.DOWN, f"does not let us in: {error}")
    session.close()
    if session.reason is not None and session.reason.is_failure:
        return Line("broker", Standing.DOWN, f"refuses us: {session.reason}")
    return Line("broker", Standing.OK, "answers")


def api_line(url: str) -> Line:
    """Ask for its health."""
    if answers(f"{url}/v1/health"):
        return Line("api", Standing.OK, f"answers at {url}")
    return Line("api", Standing.DOWN, f"does not answer at {url}, or cannot do its work: `vigie api`")


def api_url() -> str:
    """Give the API's address as its own settings have it."""
    scheme = "https" if os.environ.get("VIGIE_API_TLS_CERTIFICATE") else "http"
    return f"{scheme}://{os.environ.get('VIGIE_API_HOST') or '127.0.0.1'}:{os.environ.get('VIGIE_API_PORT') or 8080}"


def certificate_line(path: Path, now: datetime | None = None) -> Line:
    """Say which certificate of our own authority ends first."""
    at = now or datetime.now(UTC)
    folder = Folder(path)
    try:
        entries = folder.entries()
    except CertificateError as error:
        return Line("certificates", Standing.LOOK, str(error))
    if not entries:
        return Line("certificates", Standing.OK, "none of our own authority")
    first = entries[0]
    if first.ends_at <= at:
        return Line("certificates", Standing.DOWN, f"{first.name} has ended: `vigie certs renew {first.name}`")
    standing = Standing.LOOK if first.is_due(at) else Standing.OK
    left = (first.ends_at - at) // timedelta(days=1)
    return Line("certificates", standing, f"{first.name} ends first, in {left} days, of {len(entries)}")


def disk_line(folder: Path) -> Line:
    """Say how much room is left where we keep things."""
    usage = shutil.disk_usage(folder)
    standing = Standing.LOOK if usage.free < SCARCE * usage.total else Standing.OK
    return Line("disk", standing, f"{usage.free / 1e9:,.0f} GB of {usage.total / 1e9:,.0f} GB free under {folder}")
