"""Does the replays that were asked for over the API, in a thread and over connections of its own."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
import structlog

from ingest.replay import FindSource, replay
from store.connect import connect
from store.errors import BusyError, UnreachableError
from store.quarantine import finish_request, take_request

LOG = structlog.get_logger()
PERIOD_S = 2.0
END_S = 3.0
PASSING = (UnreachableError, BusyError, psycopg.OperationalError, psycopg.InterfaceError)


class Replayer:
    """Looks for requests every two seconds. A request stays locked, and open, until its replay is done."""

    def __init__(self, database_url: str, find_source: FindSource | None = None) -> None:
        self._database_url = database_url
        self._find_source = find_source
        self._closing = threading.Event()

    def close(self) -> None:
        """Let `run` end with the page of messages it is at; what is left of the request is done later."""
        self._closing.set()

    def run(self) -> None:
        """Work until closed. While the store is away, it tries again."""
        while not self._closing.wait(PERIOD_S):
            try:
                with connect(self._database_url, program="ingest replay requests") as requests:
                    while not self._closing.is_set() and self._do_next(requests):
                        pass
            except PASSING as error:
                LOG.warning("replay_late", error=str(error).strip())
            except psycopg.Error as error:
                LOG.error("replay_failed", error=str(error).strip())  # noqa: TRY400  # messages go on being taken
                return

    def _do_next(self, requests: psycopg.Connection[tuple[object, ...]]) -> bool:
        """Do the oldest request; False where there is none, or no time left."""
        request = take_request(requests)
        if request is None:
            requests.rollback()
            return False
        with connect(self._database_url, program="ingest replay") as connection:
            counts = replay(connection, request.choice, self._find_source, self._closing.is_set)
        if self._closing.is_set():
            return False
        finish_request(requests, request.request_id, counts)
        requests.commit()
        LOG.info("replay_done", request_id=request.request_id, **counts._asdict())
        return True


@contextmanager
def replaying(database_url: str, find_source: FindSource | None = None) -> Iterator[None]:
    """Do what is asked for while in use."""
    replayer = Replayer(database_url, find_source)
    thread = threading.Thread(target=replayer.run, name="ingest-replay", daemon=True)
    thread.start()
    try:
        yield
    finally:
        replayer.close()
        thread.join(END_S)
