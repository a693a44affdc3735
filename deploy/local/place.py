"""Where the embedded services of one checkout live, and as whom they run.

As root: programs under /var/cache/vigie, data under /var/lib/vigie/CHECKOUT, both run as the user `vigie`, because
PostgreSQL refuses root. Otherwise: programs in the user's cache folder, data in `.vigie/` of the checkout.
Sockets lie in a short path of their own, because a socket's path holds 107 bytes at most.
"""

import hashlib
import os
import pwd
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from deploy.local.errors import DiskError, LocalError

SERVICE_USER = "vigie"


@dataclass(frozen=True, slots=True)
class Place:
    """Folders of one checkout's services; `user` is the account they run as, None for ours."""

    cache: Path
    data: Path
    sockets: Path
    user: str | None

    @property
    def state_file(self) -> Path:
        """Ports and passwords, readable by the owner only."""
        return self.data / "services.json"

    def run_as(self) -> dict[str, Any]:
        """Arguments of subprocess that make a program run as the services' user."""
        return {} if self.user is None else {"user": self.user, "group": self.user, "extra_groups": []}

    def give(self, path: Path) -> None:
        """Hand a file or folder to the services' user."""
        if self.user is not None:
            shutil.chown(path, self.user, self.user)


def place_of(checkout: Path) -> Place:
    """Find the folders of a checkout and make them.

    Raises
    ------
    DiskError
        A folder cannot be made.
    """
    name = hashlib.sha256(str(checkout.resolve()).encode()).hexdigest()[:12]
    if os.geteuid() == 0:
        ensure_user(SERVICE_USER)
        place = Place(cache_folder(), Path("/var/lib/vigie") / name, socket_folder(name), SERVICE_USER)
    else:
        place = Place(cache_folder(), checkout.resolve() / ".vigie", socket_folder(name), None)
    try:
        for folder, mode in ((place.cache, 0o755), (place.data, 0o700), (place.sockets, 0o700)):
            folder.mkdir(parents=True, exist_ok=True, mode=0o755)
            if folder != place.cache:
                folder.chmod(mode)
                place.give(folder)
    except OSError as error:
        raise DiskError(f"cannot make {error.filename}: {error.strerror}") from error
    return place


def cache_folder() -> Path:
    """Where fetched programs are kept: VIGIE_CACHE_DIR, else the system's or the user's cache."""
    if given := os.environ.get("VIGIE_CACHE_DIR"):
        return Path(given)
    if os.geteuid() == 0:
        return Path("/var/cache/vigie")
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "vigie"


def socket_folder(name: str) -> Path:
    """A short path that differs per user and checkout."""
    return Path(f"/tmp/vigie-{os.geteuid()}-{name}")  # not secret: mode 0700, and the owner is checked by mkdir/chmod


def ensure_user(name: str) -> None:
    """Make the system account the services run as, where it is absent (needs root)."""
    try:
        pwd.getpwnam(name)
    except KeyError:
        made = subprocess.run(
            [
                "/usr/sbin/useradd",
                "--system",
                "--user-group",
                "--home-dir",
                "/nonexistent",
                "--shell",
                "/usr/sbin/nologin",
                name,
            ],
            capture_output=True,
            text=True,
            check=False,
        )
        if made.returncode not in (0, 9):  # 9: somebody else made it meanwhile
            raise LocalError(f"cannot make the user {name}: {made.stderr.strip()}") from None
