"""A browser goes through the whole guide: each step waits for what it shows, so the page cannot move away from it."""

from pathlib import Path

import pytest

from deploy.page import build_page
from tests.guide.book import write_book
from tests.guide.chapters import CHAPTERS
from tests.guide.stage import walk_all
from tests.guide.town import lived_town
from tests.support.browser import find_chromium
from tests.support.served import served

pytestmark = [pytest.mark.browser, pytest.mark.services]


def test_every_picture_is_taken_and_the_book_written(database_url: str, tmp_path: Path) -> None:
    program = find_chromium()
    build_page()
    with lived_town(database_url) as town, served(database_url) as address:
        taken = walk_all(CHAPTERS, program, address, town, tmp_path)
    assert [path.name for path in taken] == [f"{one.name}.png" for chapter in CHAPTERS for one in chapter.pictures]
    assert len({path.read_bytes() for path in taken}) == len(taken)
    book = write_book([chapter.name for chapter in CHAPTERS], tmp_path)
    assert book.stat().st_size > sum(path.stat().st_size for path in taken)
