"""`make guide`: the demo town on services of its own, a browser through each chapter, and the book in `build/guide`."""

import os
import signal
import sys
from pathlib import Path

from playwright.sync_api import expect, sync_playwright

from bench.database import fresh_database
from deploy.local.services import running
from deploy.page import build_page
from tests.guide.book import BUILT, write_book
from tests.guide.chapters import CHAPTERS
from tests.guide.stage import PATIENCE_MS, walk
from tests.guide.town import lived_town
from tests.support.browser import ARGUMENTS, find_program
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
    expect.set_options(timeout=PATIENCE_MS)
    tell("the town's last days are computed, which takes some minutes")
    with (
        running(Path(__file__).resolve().parent) as services,
        fresh_database(services) as database_url,
        lived_town(database_url) as town,
        served(database_url) as address,
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(executable_path=program, args=ARGUMENTS)
        for chapter in CHAPTERS:
            taken = walk(chapter, browser, address, town, BUILT)
            tell(f"{chapter.name}: {len(taken)} pictures")
        browser.close()
    tell(f"written: {os.path.relpath(write_book([chapter.name for chapter in CHAPTERS], BUILT))}")
    return 0


def tell(line: str) -> None:
    """Say how far it is."""
    print(line, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
