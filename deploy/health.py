"""Is a program of ours doing its work? For the health checks of containers: ends with code 0 or 1.

`python -m deploy.health http URL` asks an address; `python -m deploy.health analyse` looks whether hours are closed.
"""

import os
import sys
import urllib.error
import urllib.request
from datetime import UTC, datetime, timedelta

from store.connect import connect
from store.errors import StoreError
from store.rollup import read_watermark

PATIENCE_S = 5.0
# The last hour may be a minute short of its end, and its closing waits for a settling time.
LONGEST_LAG = timedelta(hours=2)


def main(arguments: list[str]) -> int:
    """Give the exit code."""
    match arguments:
        case ["http", url]:
            return 0 if answers(url) else 1
        case ["analyse"]:
            return 0 if closes_hours(os.environ.get("VIGIE_DATABASE_URL", ""), datetime.now(UTC)) else 1
        case _:
            print("expected: http URL, or analyse", file=sys.stderr)
            return 2


def answers(url: str) -> bool:
    """Does the address answer with success?"""
    try:
        with urllib.request.urlopen(url, timeout=PATIENCE_S) as response:  # our own address  # nosec B310
            return bool(response.status == 200)
    except (urllib.error.URLError, TimeoutError, ConnectionError):
        return False


def closes_hours(database_url: str, now: datetime) -> bool:
    """Has the job of analytics closed the hours that are over?"""
    try:
        with connect(database_url, program="health", autocommit=True) as connection:
            return now - read_watermark(connection).closed_to < LONGEST_LAG
    except (StoreError, LookupError):
        return False


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
