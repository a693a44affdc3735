"""The embedded PostgreSQL server with TimescaleDB: made once, started, stopped, asked whether it runs."""

import subprocess
from pathlib import Path

import psycopg
from psycopg import sql

from deploy.local.errors import ServiceError
from deploy.local.place import Place
from deploy.local.state import State

BINARIES = "usr/lib/postgresql/17/bin"

CONFIGURATION = """\
# Written at each start; changes made here are lost.
listen_addresses = '127.0.0.1'
port = {port}
unix_socket_directories = '{sockets}'
shared_preload_libraries = 'timescaledb'
timescaledb.telemetry_level = off
# Vigie drops and refreshes by itself, and a scheduler in every database would hinder cloning test databases.
timescaledb.max_background_workers = 0
jit = off  # LLVM is not unpacked: a costly query would fail with "cannot load llvmjit.so"
fsync = on
synchronous_commit = on
full_page_writes = on
shared_buffers = 256MB
work_mem = 32MB
maintenance_work_mem = 256MB
max_wal_size = 2GB
checkpoint_timeout = 15min
max_connections = 200
max_locks_per_transaction = 256  # chunks of long ranges
password_encryption = scram-sha-256
timezone = 'UTC'
log_timezone = 'UTC'
lc_messages = 'C'
"""


def start(tree: Path, place: Place, state: State) -> None:
    """Make the cluster if it is not there, start the server, make role and database.

    Raises
    ------
    ServiceError
        The server does not start; the sentence ends with its last log line.
    """
    data = place.data / "postgres"
    if not (data / "PG_VERSION").exists():
        make_cluster(tree, place, state)
    configuration = data / "postgresql.conf"
    configuration.write_text(CONFIGURATION.format(port=state.database_port, sockets=place.sockets))
    place.give(configuration)
    log = place.data / "postgres.log"
    done = run(tree, place, "pg_ctl", "-D", str(data), "-l", str(log), "-w", "-t", "60", "-s", "start")
    if done.returncode != 0:
        raise ServiceError(f"PostgreSQL did not start: {last_line(log) or done.stderr.strip()}")
    make_database(state)


def make_cluster(tree: Path, place: Place, state: State) -> None:
    """Run initdb into a folder beside and rename it, so that an interrupted one is not mistaken for whole."""
    draft = place.data / "postgres.new"
    subprocess.run(["rm", "-rf", str(draft)], check=True)
    password_file = place.data / "admin.password"
    password_file.write_text(state.admin_password)
    password_file.chmod(0o600)
    place.give(password_file)
    done = run(
        tree, place, "initdb", "-D", str(draft), "-U", "postgres", "--auth=scram-sha-256",
        f"--pwfile={password_file}", "--encoding=UTF8", "--locale=C.UTF-8", "--data-checksums",
    )  # fmt: skip
    password_file.unlink()
    if done.returncode != 0:
        raise ServiceError(f"PostgreSQL could not make its files: {(done.stderr.strip().splitlines() or ['?'])[-1]}")
    draft.rename(place.data / "postgres")


def make_database(state: State) -> None:
    """Make the role and the database `vigie`, where they are absent. Migrations make the rest."""
    with psycopg.connect(state.admin_database_url, autocommit=True) as connection:
        password = sql.Literal(state.database_password)
        if connection.execute("select from pg_roles where rolname = 'vigie'").fetchone() is None:
            connection.execute(sql.SQL("create role vigie login createdb createrole password {}").format(password))
        if connection.execute("select from pg_database where datname = 'vigie'").fetchone() is None:
            connection.execute("create database vigie owner vigie")


def stop(tree: Path, place: Place) -> None:
    """Stop the server, ending its sessions; nothing committed is lost."""
    if is_running(tree, place):
        run(tree, place, "pg_ctl", "-D", str(place.data / "postgres"), "-m", "fast", "-w", "-t", "60", "-s", "stop")


def is_running(tree: Path, place: Place) -> bool:
    """Ask pg_ctl whether the server of this checkout runs."""
    data = place.data / "postgres"
    return data.exists() and run(tree, place, "pg_ctl", "-D", str(data), "status").returncode == 0


def run(tree: Path, place: Place, program: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run one of PostgreSQL's programs as the services' user. Output goes to pipes that the server does not keep."""
    return subprocess.run(
        [str(tree / BINARIES / program), *arguments],
        capture_output=True,
        text=True,
        check=False,
        cwd="/",
        env={"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8", "TZ": "UTC"},
        **place.run_as(),
    )


def last_line(log: Path) -> str:
    """Give the last line of a log that says something fatal, else its last line."""
    if not log.exists():
        return ""
    lines = log.read_text(encoding="utf-8", errors="replace").strip().splitlines()
    fatal = [line for line in lines[-20:] if "FATAL" in line or "PANIC" in line]
    return (fatal or lines or [""])[-1]
