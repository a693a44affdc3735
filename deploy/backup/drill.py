"""The drill: a backup restored into a scratch server of its own, compared, and thrown away."""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from secrets import token_urlsafe

from deploy.backup.manifest import read_manifest
from deploy.backup.restore import Comparison, compare, restored_database, with_database
from deploy.local.lock import hold
from deploy.local.place import Place, make_place, place_of
from deploy.local.postgres import ADMIN, address, start_postgres, stop_postgres
from deploy.local.state import State, free_port
from deploy.local.tree import SERVICES, ensure_tree

PREFIX = "drill-"
LOCK = "drills.lock"


def drill(folder: Path, now: datetime, scratch_url: str | None = None) -> tuple[Comparison, ...]:
    """Restore a backup into a server of its own, or a given one, and compare; nothing of it stays."""
    manifest = read_manifest(folder)
    if scratch_url is not None:
        with restored_database(folder, manifest, scratch_url, now) as (name, _):
            return compare(manifest, with_database(scratch_url, name))
    with scratch_server() as admin_url, restored_database(folder, manifest, admin_url, now) as (name, _):
        return compare(manifest, with_database(admin_url, name))


@contextmanager
def scratch_server() -> Iterator[str]:
    """Run an embedded PostgreSQL with data and passwords of its own, and give its superuser's URL; one at a time."""
    own = place_of()
    tree = ensure_tree(SERVICES, own.cache)
    make_place(own)
    with hold(own.data / LOCK), tempfile.TemporaryDirectory(prefix=PREFIX, dir=own.data) as name:
        place = replace(own, data=Path(name))
        remove_leftovers(own, place, tree)
        make_place(place)
        state = State(free_port(), free_port(), token_urlsafe(24), token_urlsafe(24), token_urlsafe(24))
        start_postgres(place, tree, state)
        try:
            yield address(state, ADMIN, state.admin_password, "postgres")
        finally:
            stop_postgres(place, tree)


def remove_leftovers(own: Place, mine: Place, tree: Path) -> None:
    """Stop and delete the scratch servers of drills that were killed. The caller holds the lock."""
    for folder in own.data.glob(f"{PREFIX}*"):
        if folder != mine.data:
            stop_postgres(replace(own, data=folder), tree)
            shutil.rmtree(folder)
