"""Every commit of a batch fails at the database, as if its disk were full, or as if it could not be serialised."""

from collections.abc import Iterator
from contextlib import contextmanager
from random import Random
from typing import LiteralString

import psycopg

from tests.faults.chain import Chain
from tests.faults.fault import Fault

CODES: tuple[LiteralString, ...] = ("disk_full", "serialization_failure", "out_of_memory")
BREAK: LiteralString = """
create function refuse_commit() returns trigger language plpgsql
    as $$ begin raise exception 'a fault' using errcode = '{code}'; end $$;
create constraint trigger refuse_commit after insert on batches
    deferrable initially deferred for each row execute function refuse_commit();
"""
MEND: LiteralString = "drop trigger if exists refuse_commit on batches; drop function if exists refuse_commit()"


@contextmanager
def strike(chain: Chain, chance: Random) -> Iterator[None]:
    run(chain, BREAK.format(code=chance.choice(CODES)))
    yield
    run(chain, MEND)


def run(chain: Chain, statement: LiteralString) -> None:
    """Change the schema at once."""
    with psycopg.connect(chain.database_url, autocommit=True) as connection:
        connection.execute(statement)


FAULT = Fault("failing_commit", "database", "Every commit of a batch fails", strike)
