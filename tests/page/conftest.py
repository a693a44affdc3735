"""The page is built once, and each test sees it over a small town of its own."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from deploy.page import build_page
from tests.support.browser import chromium as chromium
from tests.support.lamp_town import LampTown, seed_lamp_town
from tests.support.served import served

PATIENCE_MS = 15_000


@pytest.fixture(scope="session")
def built_page() -> None:
    """Build the page if its sources changed."""
    build_page()
    expect.set_options(timeout=PATIENCE_MS)


@pytest.fixture
def town(database_url: str) -> LampTown:
    """Give the keys and numbers of a small town in the store."""
    return seed_lamp_town(database_url)


@pytest.fixture
def address(built_page: None, database_url: str, town: LampTown) -> Iterator[str]:
    """Give the address where the page of this town is served."""
    with served(database_url) as url:
        yield url


@pytest.fixture
def page(chromium: Browser, address: str) -> Iterator[Page]:
    """Give a fresh tab that has seen nothing yet, and fail on any error the page throws or the browser blocks."""
    context = chromium.new_context(base_url=address, viewport={"width": 1440, "height": 900}, locale="fr-FR")
    tab = context.new_page()
    problems: list[str] = []
    tab.on("pageerror", lambda error: problems.append(str(error)))
    tab.on("console", lambda message: problems.append(message.text) if "Security Policy" in message.text else None)
    yield tab
    context.close()
    assert problems == []
