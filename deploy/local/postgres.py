"""The embedded PostgreSQL with TimescaleDB: initialised once, started, stopped, asked how it is."""

import shutil
import subprocess
from pathlib import Path
from typing import LiteralString
from urllib.parse import quote

import psycopg
from psycopg import sql

from deploy.local.errors import DiskFullError, LocalError, ServerStartError
from deploy.local.place import Place, run_as_server
from deploy.local.process import end_process, last_line, read_pid
from deploy.local.state import LOOPBACK, State, write_private
from store.sql import load_queries

QUERIES = load_queries(__file__)
CONFIG = Path(__file__).with_name("postgresql.conf")
CLOSE_DATABASE: LiteralString = Path(__file__).with_name("close-database.sql").read_text(encoding="utf-8")
PROGRAMS = "usr/lib/postgresql/17/bin"
ADMIN = "postgres"
ZONES = Path("/usr/share/zoneinfo/Europe/Paris")
INITDB_OPTIONS = [
    "--encoding=UTF8",
    "--locale=C",
    "--locale-provider=builtin",
    "--builtin-locale=C.UTF-8",
    "--data-checksums",
    "--auth-host=scram-sha-256",
    "--auth-local=scram-sha-256",
]


def start_postgres(place: Place, tree: Path, state: State) -> int:
    """Start the server, making its cluster at the first start, and give its process number.

    Raises
    ------
    ServerStartError
        It ends or does not become ready; the last line of its log is in the message.
    """
    if not (place.postgres_data / "PG_VERSION").exists():
        make_cluster(place, tree, state)
    text = CONFIG.read_text(encoding="utf-8").replace("@port@", str(state.postgres_port))
    write_private(place.postgres_data / "postgresql.conf", text)
    place.give(place.postgres_data / "postgresql.conf")
    place.postgres_log.touch(0o600)
    place.give(place.postgres_log)
    data, log = str(place.postgres_data), str(place.postgres_log)
    check(run(tree, place, "pg_ctl", "-D", data, "-w", "-t", "60", "-l", log, "start"), place)
    pid = find_postgres(place)
    if pid is None:
        raise ServerStartError(f"PostgreSQL did not start: {last_line(place.postgres_log)}")
    prepare(state)
    return pid


def make_cluster(place: Place, tree: Path, state: State) -> None:
    """Run initdb into a folder beside, renamed when whole, so that an interrupted start leaves nothing half made."""
    if not ZONES.exists():
        raise ServerStartError("the system has no time zones: install the package tzdata")
    partial = place.data / "postgres.partial"
    shutil.rmtree(partial, ignore_errors=True)
    password = place.data / "admin.password"
    write_private(password, state.admin_password)
    place.give(password)
    result = run(tree, place, "initdb", "-D", str(partial), "-U", ADMIN, f"--pwfile={password}", *INITDB_OPTIONS)
    password.unlink()
    check(result, place)
    partial.rename(place.postgres_data)


def run(tree: Path, place: Place, program: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run one of PostgreSQL's programs to its end, as the user of the servers."""
    return run_as_server(place, [str(tree / PROGRAMS / program), *arguments])


def check(result: subprocess.CompletedProcess[str], place: Place) -> None:
    """Turn a failed command into one sentence."""
    if result.returncode == 0:
        return
    text = f"{result.stderr}\n{last_line(place.postgres_log)}"
    if "No space left on device" in text:
        raise DiskFullError(f"no space is left under {place.data}")
    reason = last_line(place.postgres_log) or next(iter(result.stderr.strip().splitlines()), "no reason given")
    raise ServerStartError(f"PostgreSQL did not start: {reason} (log: {place.postgres_log})")


def prepare(state: State) -> None:
    """Make what a cluster lacks: the role and the database vigie, with what readers must not do closed to them."""
    role = sql.SQL(QUERIES["create_role"]).format(password=sql.Literal(state.database_password))
    with admin_connection(state, "template1") as connection:  # what is made from it later is closed too
        if not connection.execute(QUERIES["has_role"]).fetchone():
            connection.execute(role)
        connection.execute(CLOSE_DATABASE)
    with admin_connection(state, "postgres") as connection:
        if not connection.execute(QUERIES["has_database"]).fetchone():
            connection.execute(QUERIES["create_database"])
    with admin_connection(state, "vigie") as connection:
        connection.execute(CLOSE_DATABASE)


def admin_connection(state: State, database: LiteralString) -> psycopg.Connection[tuple[object, ...]]:
    """Connect as the superuser, each statement its own transaction."""
    url = address(state, ADMIN, state.admin_password, database)
    try:
        return psycopg.connect(url, autocommit=True, connect_timeout=10)
    except psycopg.OperationalError as error:
        raise LocalError(f"PostgreSQL refuses us: {str(error).strip().splitlines()[-1]}") from error


def address(state: State, user: str, password: str, database: str) -> str:
    """Write a database URL."""
    return f"postgresql://{user}:{quote(password)}@{LOOPBACK}:{state.postgres_port}/{database}"


def find_postgres(place: Place) -> int | None:
    """Give the process number of the running server, or None."""
    return read_pid(place.postgres_data / "postmaster.pid", "postgres")


def stop_postgres(place: Place, tree: Path) -> None:
    """Stop the server: sessions are cut, what is committed is kept."""
    pid = find_postgres(place)
    if pid is None:
        return
    run(tree, place, "pg_ctl", "-D", str(place.postgres_data), "-m", "fast", "-t", "30", "stop")
    end_process(pid, "postgres", timeout_s=5.0)
