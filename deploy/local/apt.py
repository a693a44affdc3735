"""Debian packages fetched beside the system: apt with folders of its own, signatures checked, nothing installed.

Works as an ordinary user. The mirror and any proxy come from the machine's own apt configuration.
"""

import hashlib
import os
import re
import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote

from deploy.local.errors import DiskFullError, DownloadError, UnsupportedSystemError
from deploy.local.progress import Advance, show_step

SUITE = "trixie"
KEYRING = Path("/usr/share/keyrings/debian-archive-keyring.gpg")
OS_RELEASE = Path("/etc/os-release")
INSTEAD = "give VIGIE_DATABASE_URL and VIGIE_MQTT_URL, or use deploy/compose.yaml"
TARGET_FORMAT = "$(REPO_URI) $(RELEASE) $(COMPONENT)"
URI_LINE = re.compile(r"^'[^']+' (?P<file>\S+) (?P<size>\d+) SHA256:(?P<digest>[0-9a-f]{64})$")


@dataclass(frozen=True, slots=True)
class Package:
    """One .deb of the closure: its file name, size in bytes and SHA-256, as the signed index says."""

    file: str
    size: int
    digest: str

    @property
    def name(self) -> str:
        return self.file.split("_")[0]

    @property
    def wanted(self) -> str:
        """What to ask apt for: name and version."""
        return f"{self.name}={unquote(self.file.split('_')[1])}"


def fetch_packages(folder: Path, packages: Sequence[str], is_excluded: re.Pattern[str]) -> list[Path]:
    """Fetch packages and all they need, save the excluded, into `folder/debs`. An interrupted fetch goes on.

    Raises
    ------
    UnsupportedSystemError
        No apt, no Debian mirror or no keyring on this machine.
    DownloadError
        The mirror does not answer, or a file fails its check.
    """
    require_debian()
    config = write_config(folder)
    with show_step("Reading Debian's package lists") as advance:
        run_apt(["apt-get", "-c", str(config), "update", "--error-on=any"], folder, advance)
    closure = [package for package in list_closure(config, packages) if not is_excluded.fullmatch(package.name)]
    debs = folder / "debs"
    debs.mkdir(exist_ok=True)
    size_mb = sum(package.size for package in closure) / 1e6
    with show_step(f"Fetching {len(closure)} packages, {size_mb:.0f} MB") as advance:
        wanted = [package.wanted for package in drop_damaged(debs, closure)]
        if wanted:
            run_apt(["apt-get", "-c", str(config), "download", *wanted], debs, advance)
    if damaged := drop_damaged(debs, closure):
        raise DownloadError(f"{damaged[0].file} does not have the content that Debian signed: start again")
    return [debs / package.file for package in closure]


def require_debian(os_release: Path = OS_RELEASE, keyring: Path = KEYRING) -> None:
    """Refuse a system that cannot fetch Debian's packages, in a sentence that says what to do instead."""
    text = os_release.read_text(encoding="utf-8") if os_release.exists() else ""
    fields = dict(re.findall(r'^(\w+)="?([^"\n]*)"?$', text, re.MULTILINE))
    name = fields.get("PRETTY_NAME", "this system")
    if fields.get("ID") != "debian":
        raise UnsupportedSystemError(f"the embedded services need Debian, this is {name}: {INSTEAD}")
    if not (shutil.which("apt-get") and shutil.which("dpkg-deb")):
        raise UnsupportedSystemError(f"the embedded services need apt-get and dpkg-deb, not found here: {INSTEAD}")
    if not keyring.exists():
        raise UnsupportedSystemError(f"{keyring} is missing: install debian-archive-keyring, or {INSTEAD}")


def write_config(folder: Path) -> Path:
    """Write the private apt configuration: own state and cache, no system packages known, no sandbox user."""
    for name in ("state/lists/partial", "cache/archives/partial"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    (folder / "state/status").touch()
    architecture = read_architecture()
    sources = "".join(f"deb [signed-by={KEYRING}] {uri} {suite} main\n" for uri, suite in find_mirrors())
    (folder / "sources.list").write_text(sources, encoding="utf-8")
    config = folder / "apt.conf"
    config.write_text(
        "\n".join(
            [
                "#clear APT::Update::Post-Invoke;",
                "#clear APT::Update::Post-Invoke-Success;",
                "#clear APT::Architectures;",
                f'APT::Architecture "{architecture}";',
                f'APT::Architectures {{ "{architecture}"; }};',
                'APT::Sandbox::User "";',
                'APT::Install-Recommends "false";',
                'Acquire::Languages "none";',
                'Acquire::Retries "3";',
                'Acquire::ForceHash "SHA256";',  # the digest that --print-uris gives
                f'Dir::Etc::sourcelist "{folder}/sources.list";',
                'Dir::Etc::sourceparts "/dev/null";',
                'Dir::Etc::preferences "/dev/null";',
                'Dir::Etc::preferencesparts "/dev/null";',
                f'Dir::State "{folder}/state";',
                f'Dir::State::status "{folder}/state/status";',
                f'Dir::State::lists "{folder}/state/lists";',
                f'Dir::Cache "{folder}/cache";',
                f'Dir::Cache::archives "{folder}/cache/archives";',
                "",
            ]
        ),
        encoding="utf-8",
    )
    return config


def read_architecture() -> str:
    """Ask dpkg for the machine's architecture, such as amd64 or arm64."""
    return subprocess.run(["dpkg", "--print-architecture"], check=True, capture_output=True, text=True).stdout.strip()


def find_mirrors() -> list[tuple[str, str]]:
    """Give (address, suite) of the Debian archive, and of its security archive where the machine has one."""
    command = ["apt-get", "indextargets", "--no-release-info", "--format", TARGET_FORMAT]
    lines = subprocess.run(command, check=True, capture_output=True, text=True).stdout.split("\n")
    targets = [tuple(line.split()) for line in dict.fromkeys(lines) if line.endswith(" main")]
    return choose_mirrors([(uri, release) for uri, release, _ in targets])


def choose_mirrors(targets: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """Choose among the machine's (address, suite) pairs those that hold Debian itself."""
    debian = [(uri, release) for uri, release in targets if re.search(r"/debian(-security)?/?$", uri)]
    security = [uri for uri, release in debian if release.endswith(("-security", "/updates"))]
    main = [uri for uri, release in debian if uri not in security]
    if not main:
        raise UnsupportedSystemError(f"apt on this machine knows no Debian mirror: {INSTEAD}")
    return [(main[0], SUITE), *((uri, f"{SUITE}-security") for uri in security[:1])]


def list_closure(config: Path, packages: Sequence[str]) -> list[Package]:
    """Ask apt for the packages and all they need, as the signed index has them."""
    command = ["apt-get", "-c", str(config), "install", "-y", "-q=2", "--print-uris", *packages]
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    if result.returncode:
        raise DownloadError(f"apt cannot resolve {', '.join(packages)}: {first_error(result.stderr)}")
    lines = [line for line in result.stdout.splitlines() if line.startswith("'")]
    matches = [URI_LINE.match(line) for line in lines]
    closure = [Package(found["file"], int(found["size"]), found["digest"]) for found in matches if found]
    if not closure or len(closure) < len(lines):
        raise DownloadError("apt lists packages in a form that cannot be read here")
    return closure


def drop_damaged(debs: Path, closure: Sequence[Package]) -> list[Package]:
    """Give the packages not there in full, and remove whole files with wrong content (apt trusts their size)."""
    missing = []
    for package in closure:
        path = debs / package.file
        size = path.stat().st_size if path.exists() else 0
        if size < package.size:
            missing.append(package)
        elif hashlib.sha256(path.read_bytes()).hexdigest() != package.digest:
            path.unlink()
            missing.append(package)
    return missing


def run_apt(command: list[str], folder: Path, advance: Advance) -> None:
    """Run apt in a folder and follow its progress.

    Raises
    ------
    DownloadError
        apt fails; its own error line is in the message.
    DiskFullError
        The disk is full.
    """
    read_end, write_end = os.pipe()
    with (
        (folder / "apt.log").open("w+", encoding="utf-8") as log,
        os.fdopen(read_end, encoding="utf-8") as status,
    ):
        process = subprocess.Popen(
            [*command, "-q", "-o", f"APT::Status-Fd={write_end}"],
            cwd=folder,
            pass_fds=[write_end],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
        )
        os.close(write_end)
        for line in status:
            if line.startswith("dlstatus:"):
                advance(float(line.split(":")[2]) / 100)
        code = process.wait()
        log.seek(0)
        text = log.read()
    if "No space left on device" in text:
        raise DiskFullError(f"no space is left under {folder}")
    if code:
        raise DownloadError(f"Debian's packages cannot be fetched: {first_error(text)}")


def first_error(text: str) -> str:
    """Pick the line of apt's output that names the cause: its first error, else its first warning."""
    for mark in ("E: ", "W: ", "Err:"):
        for line in text.splitlines():
            if line.startswith(mark):
                return line.removeprefix(mark).strip()
    return "apt gave no reason"
