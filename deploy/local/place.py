"""Where the embedded services of one checkout keep things, and as which user they run."""

import hashlib
import os
import pwd
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from deploy.local.errors import AccessError

SERVER_USER = "vigie"
CHECKOUT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True, slots=True)
class Place:
    """Folders of one checkout, and the user of its servers (None: the user we are)."""

    checkout_id: str
    cache: Path
    data: Path
    user: str | None

    @property
    def postgres_data(self) -> Path:
        return self.data / "postgres"

    @property
    def postgres_log(self) -> Path:
        return self.data / "postgres.log"

    @property
    def broker(self) -> Path:
        return self.data / "mosquitto"

    @property
    def broker_log(self) -> Path:
        return self.data / "mosquitto.log"

    @property
    def state_file(self) -> Path:
        return self.data / "services.json"

    @property
    def start_lock(self) -> Path:
        return self.data / "start.lock"

    @property
    def owners_lock(self) -> Path:
        return self.data / "owners.lock"

    @property
    def watchdog_lock(self) -> Path:
        return self.data / "watchdog.lock"

    @property
    def kept_mark(self) -> Path:
        """Exists while the servers were started by hand, so that no owner stops them."""
        return self.data / "kept"

    def give(self, path: Path) -> None:
        """Give a file or folder to the user of the servers."""
        if self.user:
            shutil.chown(path, self.user, self.user)


def place_of(checkout: Path = CHECKOUT) -> Place:
    """Say where the services of this checkout belong. Makes nothing."""
    resolved = checkout.resolve()
    checkout_id = f"{resolved.name}-{hashlib.sha256(bytes(resolved)).hexdigest()[:10]}"
    if given := os.environ.get("VIGIE_DATA_DIR"):
        user = SERVER_USER if os.geteuid() == 0 else None
        return Place(checkout_id, find_cache(), Path(given).absolute() / checkout_id, user)
    if os.geteuid() == 0:
        return Place(checkout_id, find_cache(), Path("/var/lib/vigie") / checkout_id, SERVER_USER)
    if os.access(resolved, os.W_OK):
        return Place(checkout_id, find_cache(), resolved / ".vigie", None)
    state_home = Path(os.environ.get("XDG_STATE_HOME") or Path.home() / ".local/state")
    return Place(checkout_id, find_cache(), state_home / "vigie" / checkout_id, None)


def find_cache() -> Path:
    """Say where fetched packages and unpacked trees belong."""
    if given := os.environ.get("VIGIE_CACHE_DIR"):
        return Path(given).absolute()
    if os.geteuid() == 0:
        return Path("/var/cache/vigie")
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "vigie"


def make_place(place: Place) -> None:
    """Make the data folder, and the servers' user where we are root (PostgreSQL refuses to run as root).

    Raises
    ------
    AccessError
        The folder or the user cannot be made.
    """
    try:
        if place.user:
            make_user(place.user)
        place.data.mkdir(parents=True, exist_ok=True)
        place.data.chmod(0o700)
        place.give(place.data)
    except PermissionError as error:
        raise AccessError(f"the folder {place.data} cannot be written: {error.strerror}") from error


def make_user(name: str) -> None:
    """Make the system user of the servers if it is absent."""
    try:
        pwd.getpwnam(name)
    except KeyError:
        useradd = shutil.which("useradd", path="/usr/sbin:/sbin") or "useradd"
        command = [useradd, "--system", "--user-group", "--no-create-home", "--shell", "/usr/sbin/nologin", name]
        try:
            subprocess.run(command, check=True, capture_output=True, text=True)
        except (OSError, subprocess.CalledProcessError) as error:
            raise AccessError(f"the system user {name} is needed to run PostgreSQL and cannot be made") from error


def run_as_server(place: Place, command: list[str], timeout_s: float = 120.0) -> subprocess.CompletedProcess[str]:
    """Run a command to its end as the user of the servers, from a folder that anyone may enter."""
    return subprocess.run(
        command,
        cwd="/",
        env={"PATH": os.defpath, "HOME": str(place.data), "LC_ALL": "C", "TZ": "UTC"},
        user=place.user,
        group=place.user,
        extra_groups=[] if place.user else None,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=timeout_s,
        start_new_session=True,
        check=False,
    )
