"""Commits reach the database, their answers are lost, then the way is cut."""

from collections.abc import Iterator
from contextlib import contextmanager
from random import Random

from tests.faults.chain import Chain
from tests.faults.fault import Fault


@contextmanager
def strike(chain: Chain, _chance: Random) -> Iterator[None]:
    chain.to_database.is_server_mute = True
    yield
    chain.to_database.is_server_mute = False
    chain.to_database.cut()


FAULT = Fault(
    "lost_commit_answers", "database", "Commits reach the database, their answers are lost, then the way is cut", strike
)
