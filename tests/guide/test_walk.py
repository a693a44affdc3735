"""A browser goes through the whole guide: each step waits for what it shows, so the page cannot move away from it."""

from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from deploy.page import build_page
from tests.guide.book import write_book
from tests.guide.chapters import CHAPTERS
from tests.guide.stage import PATIENCE_MS, walk
from tests.guide.town import lived_town
from tests.support.browser import chromium as chromium
from tests.support.served import served

pytestmark = [pytest.mark.browser, pytest.mark.services]


def test_every_picture_is_taken_and_the_book_written(chromium: Browser, database_url: str, tmp_path: Path) -> None:
    build_page()
    expect.set_options(timeout=PATIENCE_MS)
    with lived_town(database_url) as town, served(database_url) as address:
        taken = [path for chapter in CHAPTERS for path in walk(chapter, chromium, address, town, tmp_path)]
    assert [path.name for path in taken] == [f"{one.name}.png" for chapter in CHAPTERS for one in chapter.pictures]
    assert len({path.read_bytes() for path in taken}) == len(taken)
    book = write_book([chapter.name for chapter in CHAPTERS], tmp_path)
    assert book.stat().st_size > sum(path.stat().st_size for path in taken)
