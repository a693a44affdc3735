"""What a person reads: both languages, intervals, what is withheld and why, restatements, charts with their words."""

import re
from html.parser import HTMLParser

import pytest

from sensors.language import Language
from tests.support.reported import PUBLIC, a_report


class Page(HTMLParser):
    """The texts, tags and images of a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.images: list[dict[str, str | None]] = []
        self.words = ""
        self.feed(text)
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "img":
            self.images.append(dict(attrs))
        elif tag not in ("meta", "br"):
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.words += data


@pytest.fixture(scope="module")
def pages() -> dict[Language, str]:
    return {"fr": a_report("fr")["report.html"].decode(), "en": a_report("en")["report.html"].decode()}


def test_french_page_has_every_part(pages: dict[Language, str]) -> None:
    words = Page(pages["fr"]).words
    for part in (
        "Is-sur-Tille <&>, octobre 2026",
        "Occupation des places",
        "33,33\u00a0%",
        "Tournées évitées",
        "de 1 à 2\u00a0tournées",
        "Chiffres révisés",
        "données corrigées",
        "load 3",
        "Annexe : méthodes et preuves",
        "n_planned",
        "rounds.fills.parquet",
    ):
        assert part in words


def test_english_page_is_english(pages: dict[Language, str]) -> None:
    words = Page(pages["en"]).words
    assert "October 2026" in words
    assert "Occupancy of parking bays" in words
    assert "33.33\u00a0%" in words
    assert "Tournées" not in words


@pytest.mark.parametrize("language", ["fr", "en"])
def test_page_needs_nothing_else_and_is_accessible(pages: dict[Language, str], language: Language) -> None:
    """No script, no address; a language, words for each image; names are escaped."""
    text = pages[language]
    page = Page(text)
    assert f"<html lang='{language}'>" in text
    assert "<script" not in text
    assert not re.search(r"(?:src|href)='(?!data:)", text)
    assert len(page.images) >= 4
    assert all(len(str(image["alt"])) > 10 for image in page.images)
    assert "<&>" not in re.sub(r"<style>.*?</style>", "", text, flags=re.DOTALL)


def test_withheld_figures_say_why_in_the_reader_s_language() -> None:
    """The month's energy counts one meter only; its own figure is withheld and said to be so in French."""
    words = Page(a_report("fr")["report.html"].decode()).words
    assert "Ce qui n’est pas publié, et pourquoi" in words


@pytest.mark.parametrize("language", ["fr", "en"])
def test_pdf_is_a_pdf_of_pages(language: Language) -> None:
    content = a_report(language)["report.pdf"]
    assert content.startswith(b"%PDF-")
    assert content.rstrip().endswith(b"%%EOF")
    assert f"/Lang ({language})".encode() in content or f"/Lang({language})".encode() in content
    assert PUBLIC.encode() not in content
