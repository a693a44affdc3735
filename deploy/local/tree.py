"""A private tree of Debian programs: fetched, unpacked and pointed at its own libraries; the system is untouched."""

import hashlib
import platform
import re
import shutil
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from deploy.local import apt
from deploy.local.errors import AccessError, DiskFullError, LocalError
from deploy.local.lock import hold
from deploy.local.progress import show_step

RECIPE_VERSION = 1  # raise it when a tree must be made again although its packages are the same
PACKAGE_LIST = "packages.txt"


@dataclass(frozen=True, slots=True)
class Tree:
    """What a tree holds: Debian packages with all they need, save names matching one of `excluded` (patterns)."""

    name: str
    packages: tuple[str, ...]
    excluded: tuple[str, ...] = ()

    @property
    def folder_name(self) -> str:
        recipe = repr((RECIPE_VERSION, apt.SUITE, self.packages, self.excluded, platform.machine()))
        return f"{self.name}-{hashlib.sha256(recipe.encode()).hexdigest()[:10]}"


SERVICES = Tree(
    name="services",
    packages=("postgresql-17-timescaledb", "mosquitto", "mosquitto-clients"),
    # PostgreSQL's just-in-time compiler, scripts and translations: half of the bytes, not needed with jit = off.
    excluded=(r"perl.*", r"libperl.*", r".*-perl", r"libllvm.*", r"libz3-.*", r"locales", r"libc-l10n"),
)


def ensure_tree(tree: Tree, cache: Path) -> Path:
    """Give the folder of a tree, making it first if absent; two processes at once make it once.

    Raises
    ------
    LocalError
        See `deploy.local.errors`.
    """
    folder = cache / tree.folder_name
    if folder.is_dir():
        return folder
    make_cache(cache)
    with hold(cache / f"{tree.folder_name}.lock"):
        if not folder.is_dir():
            build_tree(tree, folder)
    return folder


def make_cache(cache: Path) -> None:
    """Make the cache folder; the servers' user must be able to enter it."""
    try:
        cache.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise AccessError(f"the cache folder {cache} cannot be made: {error.strerror}") from error


def build_tree(tree: Tree, folder: Path) -> None:
    """Fetch, unpack beside the final folder, point the programs at that folder, rename."""
    download = folder.with_name(f"{folder.name}.download")
    partial = folder.with_name(f"{folder.name}.partial")
    download.mkdir(exist_ok=True)
    archives = apt.fetch_packages(download, tree.packages, re.compile("|".join(tree.excluded) or "(?!)"))
    shutil.rmtree(partial, ignore_errors=True)
    partial.mkdir()
    with show_step(f"Unpacking {tree.name}") as advance:
        for index, archive in enumerate(archives):
            unpack(archive, partial)
            advance(index / len(archives))
        for program in find_programs(partial):
            point_program(program, partial, folder)
    names = "".join(f"{archive.name}\n" for archive in archives)
    (partial / PACKAGE_LIST).write_text(names, encoding="utf-8")
    partial.rename(folder)
    shutil.rmtree(download)


def unpack(archive: Path, folder: Path) -> None:
    """Unpack one .deb; no script of it runs.

    Raises
    ------
    DiskFullError
        The disk is full.
    LocalError
        The archive cannot be unpacked.
    """
    result = subprocess.run(["dpkg-deb", "-x", archive, folder], capture_output=True, text=True, check=False)
    if "No space left on device" in result.stderr:
        raise DiskFullError(f"no space is left under {folder.parent}")
    if result.returncode:
        raise LocalError(f"{archive.name} cannot be unpacked: {result.stderr.strip().splitlines()[-1]}")


def find_programs(folder: Path) -> list[Path]:
    """Find the executables of a tree that want a dynamic loader."""
    files = (path for path in (folder / "usr").rglob("*") if path.is_file() and not path.is_symlink())
    runnable = (path for path in files if path.stat().st_mode & 0o100 and ".so" not in path.name)
    return [path for path in runnable if is_elf(path) and has_interpreter(path)]


def is_elf(path: Path) -> bool:
    """Tell compiled programs from scripts."""
    with path.open("rb") as file:
        return file.read(4) == b"\x7fELF"


def point_program(program: Path, partial: Path, folder: Path) -> None:
    """Make a program use the loader and libraries of the tree at its final place, and none of the system's."""
    loader = next((partial / "usr/lib").glob("*-linux-gnu*/ld-linux*.so.*"))
    libraries = folder / loader.parent.relative_to(partial)
    run_patchelf(
        [
            "--set-interpreter",
            str(libraries / loader.name),
            "--force-rpath",
            "--set-rpath",
            str(libraries),
            str(program),
        ]
    )


def has_interpreter(program: Path) -> bool:
    """Tell programs that want a dynamic loader from libraries and static programs."""
    return run_patchelf(["--print-interpreter", str(program)]).returncode == 0


def run_patchelf(arguments: Sequence[str]) -> subprocess.CompletedProcess[str]:
    """Run the patchelf of our own environment."""
    command = [str(Path(sys.prefix) / "bin/patchelf"), *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False)
