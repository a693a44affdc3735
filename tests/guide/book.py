"""The guide as one HTML file that needs nothing beside it: the chapters of `docs/guide`, their pictures inside."""

import base64
import re
from collections.abc import Sequence
from html import escape
from pathlib import Path

from markdown_it import MarkdownIt
from markdown_it.token import Token

from tests.support.shared import REPOSITORY

FOLDER = REPOSITORY / "docs" / "guide"
INDEX = "README"
BUILT = REPOSITORY / "build" / "guide"  # the chapters name their pictures here
STYLE = Path(__file__).with_name("book.css")
TITLE = "Vigie, guide du technicien"
HREF = re.compile(r"(?:(?P<name>[\w-]+)\.md)?(?:#(?P<anchor>[\w-]+))?")
MARKDOWN = MarkdownIt("commonmark").enable("table")


class BookError(Exception):
    """A chapter names a picture that was not taken, or a page that is not of the guide."""


def write_book(chapters: Sequence[str], folder: Path) -> Path:
    """Write `guide.html` into the folder in which the pictures lie, `NAME.png`, and give its path.

    Raises
    ------
    BookError
        A picture is missing, or a link leads out of the guide.
    """
    articles = "\n".join(article(name, chapters, folder) for name in chapters)
    style = STYLE.read_text(encoding="utf-8")
    path = folder / "guide.html"
    path.write_text(
        f'<!doctype html>\n<html lang="fr">\n<meta charset="utf-8">\n<title>{escape(TITLE)}</title>\n'
        f'<meta name="viewport" content="width=device-width, initial-scale=1">\n<style>{style}</style>\n'
        f"<main>\n{articles}\n</main>\n</html>\n",
        encoding="utf-8",
    )
    return path


def read_chapter(name: str) -> list[Token]:
    """Read a chapter's Markdown, as tokens."""
    return MARKDOWN.parse((FOLDER / f"{name}.md").read_text(encoding="utf-8"))


def inlines(tokens: Sequence[Token]) -> list[Token]:
    """Give what stands inside the lines: texts, links, pictures."""
    return [child for token in tokens for child in token.children or ()]


def article(name: str, chapters: Sequence[str], folder: Path) -> str:
    """Write one chapter."""
    tokens = read_chapter(name)
    for token in inlines(tokens):
        if token.type == "image":
            token.attrs["src"] = inside(folder / Path(str(token.attrs["src"])).name)
        elif token.type == "link_open":
            token.attrs["href"] = place(str(token.attrs["href"]), name, chapters)
    html = MARKDOWN.renderer.render(tokens, MARKDOWN.options, {})
    return f'<article id="{name}">\n{html}</article>'


def inside(path: Path) -> str:
    """Give a picture as an address that holds it."""
    try:
        return "data:image/png;base64," + base64.b64encode(path.read_bytes()).decode()
    except OSError as error:
        raise BookError(f"the picture {path.name} was not taken") from error


def place(href: str, name: str, chapters: Sequence[str]) -> str:
    """Give where a link to another chapter leads within the book."""
    found = HREF.fullmatch(href)
    chapter = found and (found["name"] or name)
    if chapter not in chapters:
        raise BookError(f"{name}.md leads out of the guide: {href}")
    return f"#{chapter}"
