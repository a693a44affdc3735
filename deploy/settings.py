"""What the commands read from the environment, once."""

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from deploy.errors import SettingError
from deploy.local.services import Services, running

CHECKOUT = Path(__file__).resolve().parents[1]


def required(name: str) -> str:
    """Give an environment variable that must be there.

    Raises
    ------
    SettingError
        It is absent or empty.
    """
    value = os.environ.get(name, "")
    if not value:
        raise SettingError(f"set {name}, or run `make demo`, which brings its own services")
    return value


@contextmanager
def services_given_or_embedded() -> Iterator[Services]:
    """Use the services that VIGIE_DATABASE_URL and VIGIE_MQTT_URL name, else the embedded ones."""
    database_url, mqtt_url = os.environ.get("VIGIE_DATABASE_URL"), os.environ.get("VIGIE_MQTT_URL")
    if database_url and mqtt_url:
        yield Services(database_url, database_url, mqtt_url)
        return
    if database_url or mqtt_url:
        raise SettingError("set both VIGIE_DATABASE_URL and VIGIE_MQTT_URL, or neither")
    with running(CHECKOUT) as embedded:
        yield embedded


@contextmanager
def database() -> Iterator[str]:
    """Give the database's address; no broker is needed here."""
    if url := os.environ.get("VIGIE_DATABASE_URL"):
        yield url
        return
    with services_given_or_embedded() as services:
        yield services.database_url


@contextmanager
def database_and_admin(admin_url: str | None = None) -> Iterator[tuple[str, str]]:
    """Yield the database's address and a superuser's, which is the same where none is named; no broker is needed."""
    if url := os.environ.get("VIGIE_DATABASE_URL"):
        yield url, admin_url or url
        return
    with services_given_or_embedded() as services:
        yield services.database_url, admin_url or services.admin_database_url


def read_pairs(pairs: Sequence[str] | None, option: str) -> dict[str, str]:
    """Read NAME=TEXT, as often as an option was given.

    Raises
    ------
    SettingError
        One is no pair, or half of it is empty.
    """
    found = {}
    for pair in pairs or ():
        name, _, text = pair.partition("=")
        if not (name.strip() and text.strip()):
            raise SettingError(f"{option} expects NAME=TEXT, not {pair!r}")
        found[name.strip()] = text.strip()
    return found
