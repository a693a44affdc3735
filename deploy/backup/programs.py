"""PostgreSQL's own programs for dump and restore: those of the machine if recent enough, else the embedded ones."""

import os
import re
import shutil
import subprocess
from pathlib import Path

from psycopg import conninfo

from deploy.backup.errors import BackupError
from deploy.local.place import find_cache
from deploy.local.postgres import PROGRAMS
from deploy.local.tree import SERVICES, ensure_tree

ENVIRONMENT = {
    "host": "PGHOST",
    "hostaddr": "PGHOSTADDR",
    "port": "PGPORT",
    "user": "PGUSER",
    "password": "PGPASSWORD",
    "dbname": "PGDATABASE",
    "sslmode": "PGSSLMODE",
    "sslrootcert": "PGSSLROOTCERT",
    "sslcert": "PGSSLCERT",
    "sslkey": "PGSSLKEY",
}


def find_program(name: str, oldest_major: int) -> Path:
    """Give a program of at least this major version of PostgreSQL; raises LocalError where there is none."""
    own = shutil.which(name)
    if own and read_major(Path(own)) >= oldest_major:
        return Path(own)
    return ensure_tree(SERVICES, find_cache()) / PROGRAMS / name


def read_major(program: Path) -> int:
    """Ask a program for its major version; 0 where it does not say."""
    told = subprocess.run([program, "--version"], capture_output=True, text=True, check=False, timeout=20)
    found = re.search(r"(\d+)(\.|\s|$)", told.stdout)
    return int(found[1]) if found else 0


def run_program(program: Path, database_url: str, *arguments: str) -> None:
    """Run a program on a database to its end; the password goes through the environment, where no list shows it.

    Raises
    ------
    BackupError
        It fails: its own first error is in the message.
    """
    fields = conninfo.conninfo_to_dict(database_url)
    settings = {variable: str(fields[key]) for key, variable in ENVIRONMENT.items() if fields.get(key)}
    done = subprocess.run(
        [program, "--no-password", *arguments],
        env={**os.environ, **settings},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise BackupError(f"{program.name} failed: {first_error(done.stderr)}")


def first_error(text: str) -> str:
    """Pick the line that names the cause."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return next((line for line in lines if "error:" in line), lines[-1] if lines else "no reason given")
