"""A PostgreSQL server of one test alone, to be spoilt: its programs are a copy, its data vanish with the test."""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from deploy.local import postgres
from deploy.local.place import Place, place_of
from deploy.local.state import free_port
from deploy.local.tree import SERVICES, ensure_tree
from tests.support.shared import REPOSITORY

EXTENSIONS = "usr/share/postgresql/17/extension"


@dataclass(frozen=True, slots=True)
class ScratchServer:
    """Its address as superuser, and the folder of its extensions' control files."""

    database_url: str
    extensions: Path


@contextmanager
def scratch_server(configuration: str = "") -> Iterator[ScratchServer]:
    """Run a bare server on a free port, with further lines of postgresql.conf."""
    place = place_of(REPOSITORY)
    with tempfile.TemporaryDirectory(prefix="vigie-scratch-", dir=place.data.parent) as name:
        folder = Path(name)
        folder.chmod(0o755)
        tree = copy_programs(ensure_tree(SERVICES, place.cache), folder / "tree")
        data, port = make_data(tree, place, folder), free_port()
        with (data / "postgresql.conf").open("a") as handle:
            handle.write(f"\nport = {port}\nunix_socket_directories = ''\nfsync = off\njit = off\n{configuration}\n")
        check(tree, place, "pg_ctl", "-D", str(data), "-l", str(data / "log"), "-w", "start")
        try:
            yield ScratchServer(f"postgresql://postgres:@127.0.0.1:{port}/postgres", tree / EXTENSIONS)
        finally:
            check(tree, place, "pg_ctl", "-D", str(data), "-m", "immediate", "-w", "stop")


def copy_programs(original: Path, copy: Path) -> Path:
    """Copy the server; its libraries are found where they are, by the paths written into the programs."""
    for part in ("usr/lib/postgresql/17", "usr/share/postgresql/17", "usr/share/postgresql-common"):
        if (original / part).exists():
            shutil.copytree(original / part, copy / part, symlinks=True)
    return copy


def make_data(tree: Path, place: Place, folder: Path) -> Path:
    """Run initdb; loopback is trusted, because nothing worth a password is kept."""
    data = folder / "data"
    data.mkdir()
    place.give(data)
    check(tree, place, "initdb", "-D", str(data), "-U", "postgres", "--auth=trust", "--locale=C.UTF-8", "--no-sync")
    return data


def check(tree: Path, place: Place, program: str, *arguments: str) -> None:
    """Run one of the programs and fail with what it said."""
    done = postgres.run(tree, place, program, *arguments)
    assert done.returncode == 0, f"{program}: {done.stdout}{done.stderr}"
