"""The page is built once, and each test sees it over a small town of its own."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from deploy.page import build_page
from store.connect import connect
from store.keys import create_key
from store.work_orders import Asked, NewOrder, open_order
from tests.support.browser import chromium as chromium
from tests.support.desk import Desk
from tests.support.lamp_town import SLUG, LampTown, seed_lamp_town
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


@pytest.fixture
def desk(town: LampTown, database_url: str) -> Desk:
    """Give the worker's side of the town."""
    return Desk(database_url, SLUG)


@pytest.fixture
def key(desk: Desk) -> str:
    """Give a key that may read and write."""
    with connect(desk.database_url, program="test") as connection:
        return create_key(connection, "technicienne", [SLUG], scopes=("read", "write"))


@pytest.fixture
def order(town: LampTown, database_url: str) -> None:
    """Open an order about the town's finding."""
    with connect(database_url, program="test", autocommit=True) as connection:
        open_order(connection, NewOrder(finding_id=1), Asked("command of chief", "chief"))
