"""A server with TimescaleDB's Community edition: a given one, or the WebAssembly build in a process of its own."""

import os
import secrets
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest
from psycopg import sql

from deploy.page import find_node
from tests.support.node_package import installed
from tests.support.services import with_database

SERVER = Path(__file__).with_name("community")


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
    folder = installed(SERVER, npm)
    command = [*node, str(folder / "server.mjs")]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            port = process.stdout.readline().strip()
            assert port.isdigit(), "the WebAssembly build of TimescaleDB did not start"
            yield f"postgresql://postgres:none@127.0.0.1:{port}/postgres?sslmode=disable&gssencmode=disable"
        finally:
            process.kill()
