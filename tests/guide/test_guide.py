"""The guide says what the page says, and every picture it shows is one that a chapter takes."""

import json
import re
from pathlib import Path

import pytest

from tests.guide.book import BUILT, FOLDER, INDEX, BookError, inlines, read_chapter, write_book
from tests.guide.chapters import CHAPTERS
from tests.guide.stage import Chapter
from tests.support.shared import REPOSITORY

NAMES = [chapter.name for chapter in CHAPTERS]
SENTENCES = json.loads((REPOSITORY / "api/page/src/i18n/fr.json").read_text(encoding="utf-8"))
PICTURE_BYTES = b"\x89PNG of a test"


def attributes(name: str, kind: str, attribute: str) -> list[str]:
    """Give an attribute of each link or picture of a chapter."""
    return [str(token.attrs[attribute]) for token in inlines(read_chapter(name)) if token.type == kind]


def bold(name: str) -> list[str]:
    """Give the words in bold of a chapter: those that the page shows."""
    lines = [token.children or [] for token in read_chapter(name)]
    return [
        line[place + 1].content
        for line in lines
        for place, token in enumerate(line)
        if token.type == "strong_open" and place + 1 < len(line)
    ]


def typed(text: str) -> str:
    """Make spaces alike."""
    return re.sub(r"\s+", " ", text).strip()


def test_each_chapter_is_a_page_and_each_page_a_chapter() -> None:
    assert sorted(path.stem for path in FOLDER.glob("*.md")) == sorted(NAMES)


@pytest.mark.parametrize("chapter", CHAPTERS, ids=NAMES)
def test_pictures_shown_are_those_taken_in_their_order(chapter: Chapter) -> None:
    shown = [(FOLDER / source).resolve() for source in attributes(chapter.name, "image", "src")]
    assert shown == [BUILT / f"{picture.name}.png" for picture in chapter.pictures]


def test_no_two_pictures_have_one_name() -> None:
    names = [picture.name for chapter in CHAPTERS for picture in chapter.pictures]
    assert len(names) == len(set(names)) > 0


@pytest.mark.parametrize("name", NAMES)
def test_pictures_are_told_to_who_does_not_see_them(name: str) -> None:
    told = [token.content for token in inlines(read_chapter(name)) if token.type == "image"]
    assert [text for text in told if len(text) < 20] == []


@pytest.mark.parametrize("name", NAMES)
def test_links_lead_to_chapters(name: str) -> None:
    assert [href for href in attributes(name, "link_open", "href") if not (FOLDER / href).is_file()] == []


def test_the_index_leads_to_every_chapter() -> None:
    assert set(attributes(INDEX, "link_open", "href")) == {f"{name}.md" for name in NAMES[1:]}


@pytest.mark.parametrize("name", NAMES)
def test_words_in_bold_are_those_of_the_page(name: str) -> None:
    said = {typed(text.split("{")[0].rstrip(" :")) for text in SENTENCES.values()}
    assert [word for word in bold(name) if typed(word) not in said] == []


def test_the_book_needs_nothing_beside_it(tmp_path: Path) -> None:
    for chapter in CHAPTERS:
        for picture in chapter.pictures:
            (tmp_path / f"{picture.name}.png").write_bytes(PICTURE_BYTES)
    text = write_book(NAMES, tmp_path).read_text(encoding="utf-8")
    ids, sources = re.findall(r' id="([^"]+)"', text), re.findall(r'(?:src|href)="([^"]*)"', text)
    assert ids == NAMES
    assert [one for one in sources if not one.startswith("data:image/png;base64,") and one[1:] not in ids] == []
    assert sum(one.startswith("data:") for one in sources) == sum(len(chapter.pictures) for chapter in CHAPTERS)


def test_a_book_with_a_picture_missing_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BookError, match=r"tournee-accueil\.png was not taken"):
        write_book(NAMES, tmp_path)
