"""`make guide`: the demo town on services of its own, a browser through each chapter, and the book in `build/guide`."""

import os
import signal
import sys
from pathlib import Path

from bench.database import fresh_database
from deploy.local.services import running
from deploy.page import build_page
from tests.guide.book import BUILT, write_book
from tests.guide.chapters import CHAPTERS
from tests.guide.stage import walk_all
from tests.guide.town import lived_town
from tests.support.browser import find_program
from tests.support.served import served


def main() -> int:
    """Take all pictures, write the book, and say where it lies; 1 where there is no browser."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that the services are taken away too
    program = find_program()
    if program is None:
        tell("no Chromium on this machine: `apt-get install chromium`")
        return 1
    BUILT.mkdir(parents=True, exist_ok=True)
    build_page()
    tell("the town's last days are computed, which takes some minutes")
    with (
        running(Path(__file__).resolve().parent) as services,
        fresh_database(services) as database_url,
        lived_town(database_url) as town,
        served(database_url) as address,
    ):
        tell(f"{len(walk_all(CHAPTERS, program, address, town, BUILT))} pictures")
    tell(f"written: {os.path.relpath(write_book([chapter.name for chapter in CHAPTERS], BUILT))}")
    return 0


def tell(line: str) -> None:
    """Say how far it is."""
    print(line, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
