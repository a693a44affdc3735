"""The queue of analytics in the database: given out once, held by one session, taken back from the dead."""

import hashlib
from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from procrastinate.schema import SchemaManager

from store.connect import connect
from store.jobs import (
    Progress,
    QueuedJob,
    Waiting,
    count_waiting,
    defer_jobs,
    note_done,
    note_failed,
    read_occasions,
    read_progress,
    retry_stalled,
    turn,
)
from store.migrate import read_migrations

LIBRARY_SCHEMA = "c70ec4b400a60ad9592787653aae5ae77ae41bf801d56b5bd2712751a07f2009"  # of procrastinate 3.10.0
JOB = QueuedJob("watch", "0", "a", -40)


@pytest.fixture
def connection(database_url: str) -> Iterator[psycopg.Connection[Any]]:
    with connect(database_url, program="test", autocommit=True) as opened:
        yield opened


def test_schema_of_the_library_is_the_one_we_migrate_to() -> None:
    """Where this fails the library's schema has moved on.

    Put what its own migrations since 3.10.0 (`SchemaManager.get_migrations_path()`) do into a new migration of ours,
    the parts for "before" and "after" one after the other, and note the new digest here.
    """
    schema = SchemaManager.get_schema()
    assert hashlib.sha256(schema.encode()).hexdigest() == LIBRARY_SCHEMA
    ours = next(migration.text for migration in read_migrations() if migration.name == "0040_jobs")
    assert ours.endswith(schema)


@pytest.mark.services
def test_job_that_waits_or_runs_is_not_given_out_again(connection: psycopg.Connection[Any]) -> None:
    assert defer_jobs(connection, [JOB, QueuedJob("hints", "1.leak", None, -70)]) == 2
    assert defer_jobs(connection, [JOB]) == 0
    assert connection.execute("select id from procrastinate_fetch_job_v2(null, null)").fetchone() == (1,)
    assert count_waiting(connection) == {"watch": Waiting(0, 1), "hints": Waiting(1, 0)}
    assert defer_jobs(connection, [JOB]) == 0
    assert defer_jobs(connection, []) == 0


@pytest.mark.services
def test_job_of_a_dead_worker_waits_again_and_that_of_a_living_one_does_not(
    connection: psycopg.Connection[Any],
) -> None:
    defer_jobs(connection, [JOB, QueuedJob("hints", "1.leak", None, -70)])
    for beat in ("1 minute", "0"):
        connection.execute(
            "with worker as (insert into procrastinate_workers (last_heartbeat) values (now() - %s::interval)"
            " returning id) select procrastinate_fetch_job_v2(null, id) from worker",
            (beat,),
        )
    assert retry_stalled(connection, 10.0) == 1
    assert count_waiting(connection) == {"watch": Waiting(1, 0), "hints": Waiting(0, 1)}
    connection.execute("delete from procrastinate_workers")  # said goodbye, or was forgotten
    assert retry_stalled(connection, 10.0) == 1


@pytest.mark.services
def test_turn_is_held_by_one_session_and_ends_with_it(connection: psycopg.Connection[Any], database_url: str) -> None:
    with connect(database_url, program="test", autocommit=True) as other, turn(other, "watch:0") as is_theirs:
        assert is_theirs
        with turn(connection, "watch:0") as is_ours, turn(connection, "watch:1") as is_another:
            assert (is_ours, is_another) == (False, True)
    with turn(connection, "watch:0") as is_ours:
        assert is_ours


@pytest.mark.services
def test_progress_counts_what_was_done_what_failed_and_what_waits(connection: psycopg.Connection[Any]) -> None:
    defer_jobs(connection, [JOB])
    note_failed(connection, JOB, "ValueError: x")
    note_done(connection, QueuedJob("watch", "1", "b", -40), None, 1.5)
    note_done(connection, QueuedJob("watch", "1", "c", -40), None, 1.5)
    assert read_occasions(connection, "watch") == {"1": "c"}
    (told,) = read_progress(connection)
    assert told == Progress("watch", 2, 1, 0, 1, 3.0, told.done_at, "ValueError: x")
