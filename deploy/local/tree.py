"""A private tree of Debian 13 programs: fetched by apt as an ordinary user, unpacked, and pointed at itself.

Nothing is installed on the machine. apt checks the signatures against Debian's archive keyring; the mirror's address
is read from the machine's own apt configuration. An interrupted download goes on where it stopped; a tree appears
under its name only when it is whole.
"""

import fcntl
import hashlib
import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from deploy.local import relocate
from deploy.local.errors import DiskError, DownloadError, NotDebianError
from deploy.local.progress import Progress

KEYRING = Path("/usr/share/keyrings/debian-archive-keyring.gpg")
SUITES = (("trixie", "", "main"), ("trixie-security", "-security", "main"))
RECIPE = 1  # raise it when unpacking or relocating changes, so that trees are made anew


@dataclass(frozen=True, slots=True)
class Tree:
    """Which Debian 13 packages (with all they depend on), less those whose name starts with an excluded word."""

    name: str
    packages: tuple[str, ...]
    excluded: tuple[str, ...]

    @property
    def folder_name(self) -> str:
        """Name and a digest of the recipe: another list of packages is another tree."""
        recipe = repr((self.packages, self.excluded, SUITES, RECIPE)).encode()
        return f"{self.name}-{hashlib.sha256(recipe).hexdigest()[:10]}"


SERVICES = Tree(
    "services",
    ("postgresql-17-timescaledb", "mosquitto", "mosquitto-clients"),
    ("perl", "libperl", "libllvm", "libz3", "locales"),  # PL/Perl, the JIT and locale data are not used
)


def ensure_tree(tree: Tree, cache: Path) -> Path:
    """Give the root folder of a tree, made first if it is not there yet.

    Raises
    ------
    NotDebianError
        No apt, dpkg, Debian mirror or keyring here.
    DownloadError
        apt could not fetch; it goes on from there next time.
    DiskError
        The disk is full or cannot be written.
    """
    root = cache / tree.folder_name
    if root.is_dir():
        return root
    try:
        with locked(cache / f"{tree.folder_name}.lock"):
            if not root.is_dir():
                require_debian()
                make_tree(tree, cache, root)
    except OSError as error:
        raise DiskError(f"cannot write {error.filename or cache}: {error.strerror}") from error
    return root


def make_tree(tree: Tree, cache: Path, root: Path) -> None:
    """Fetch, unpack into a folder beside, point the programs at it, and rename it into place."""
    work = cache / f"{tree.folder_name}.work"
    with Progress() as progress:
        archives = fetch_packages(tree, work, progress)
        chosen = [archive for archive in archives if not archive.name.startswith(tree.excluded)]
        unpacked = work / "root"
        shutil.rmtree(unpacked, ignore_errors=True)
        for archive in progress.each(chosen, "unpack"):
            run(["dpkg-deb", "-x", str(archive), str(unpacked)], DiskError)
        relocate.point_at_itself(unpacked, root)
    unpacked.rename(root)
    shutil.rmtree(work, ignore_errors=True)


def fetch_packages(tree: Tree, work: Path, progress: Progress) -> list[Path]:
    """Let apt resolve and download the packages with state and cache folders of our own."""
    for folder in ("state/lists/partial", "archives/partial", "preferences"):
        (work / folder).mkdir(parents=True, exist_ok=True)
    (work / "status").write_text("")
    site = debian_site()
    (work / "sources.list").write_text(
        "".join(f"deb [signed-by={KEYRING}] {site}{suffix} {suite} {area}\n" for suite, suffix, area in SUITES)
    )
    (work / "apt.conf").write_text(APT_CONFIGURATION.format(work=work))
    environment = {**os.environ, "APT_CONFIG": str(work / "apt.conf"), "LC_ALL": "C.UTF-8"}
    run(["apt-get", "-q", "update", "--error-on=any"], DownloadError, environment)
    progress.follow_apt(
        ["apt-get", "-q", "-y", "--download-only", "install", *tree.packages], environment, DownloadError
    )
    return sorted((work / "archives").glob("*.deb"))


APT_CONFIGURATION = """\
Dir::State "{work}/state";
Dir::State::status "{work}/status";
Dir::Cache "{work}";
Dir::Cache::archives "{work}/archives";
Dir::Etc::sourcelist "{work}/sources.list";
Dir::Etc::sourceparts "/dev/null";
Dir::Etc::preferences "/dev/null";
Dir::Etc::preferencesparts "{work}/preferences";
APT::Sandbox::User "";
APT::Install-Recommends "false";
APT::Default-Release "";
Acquire::Languages "none";
Acquire::Retries "3";
"""


def debian_site() -> str:
    """Read the address of a Debian mirror from the machine's own apt configuration."""
    listed = run(["apt-get", "indextargets", "--format", "$(SITE) $(ORIGIN) $(SUITE)"], NotDebianError).splitlines()
    sites = [line.split()[0] for line in listed if " Debian " in f"{line} " and "security" not in line]
    # Before the first `apt-get update` the origin is not known: fall back on the mirror's path.
    sites += [line.split()[0] for line in listed if urlsplit(line.split()[0]).path.rstrip("/").endswith("/debian")]
    if not sites:
        raise NotDebianError(
            "apt names no Debian mirror on this machine: give VIGIE_DATABASE_URL and VIGIE_MQTT_URL, "
            "or use deploy/compose.yaml"
        )
    return sites[0].rstrip("/")


def require_debian(os_release: Path = Path("/etc/os-release")) -> None:
    """Refuse a machine that is no Debian, in a sentence that says what to do instead."""
    fields = (
        dict(line.split("=", 1) for line in os_release.read_text(encoding="utf-8").splitlines() if "=" in line)
        if os_release.exists()
        else {}
    )
    system = fields.get("ID", "unknown").strip('"')
    remedy = "give VIGIE_DATABASE_URL and VIGIE_MQTT_URL, or use deploy/compose.yaml"
    if system != "debian":
        raise NotDebianError(f"the embedded services need Debian, and this system is {system}: {remedy}")
    for program in ("apt-get", "dpkg-deb", "dpkg"):
        if shutil.which(program) is None:
            raise NotDebianError(f"the embedded services are made with {program}, which is not here: {remedy}")
    if not KEYRING.exists():
        raise NotDebianError(
            f"Debian's archive keyring {KEYRING} is not here: install debian-archive-keyring, or {remedy}"
        )


def run(
    command: list[str],
    error: type[DownloadError | DiskError | NotDebianError],
    environment: dict[str, str] | None = None,
) -> str:
    """Run a program and give its output; what it complained of last becomes the error's sentence."""
    done = subprocess.run(command, capture_output=True, text=True, env=environment, check=False)
    if done.returncode != 0:
        raise error(f"{command[0]} {command[1] if len(command) > 1 else ''} failed: {last_complaint(done.stderr)}")
    return done.stdout


def last_complaint(text: str) -> str:
    """Give the first line apt marks as an error, else the last line."""
    lines = [line.strip() for line in text.strip().splitlines() if line.strip()]
    marked = [line.removeprefix("E:").strip() for line in lines if line.startswith("E:")]
    return (marked or lines[-1:] or ["no reason given"])[0]


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Hold a lock file, so that two processes do not make the same tree."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
