"""`vigie status`: how all parts stand, in one screen."""

import os
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import msgspec
import typer

from deploy.errors import SettingError
from deploy.local.place import place_of
from deploy.local.services import find_services
from deploy.status.line import Line, Standing


def add_to(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(status)


def status(as_json: Annotated[bool, typer.Option("--json", help="one JSON object for each line")] = False) -> None:
    """Say how database, broker, programs, certificates and disk stand. Starts nothing, changes nothing.

    Ends with code 1 where a part does not do its work.
    """
    lines = list(find_lines())
    for line in lines:
        print(msgspec.json.encode(asdict(line)).decode() if as_json else line.show())
    if any(line.standing is Standing.DOWN for line in lines):
        raise typer.Exit(1)


def find_lines() -> Iterator[Line]:
    """Ask every part."""
    from analytics.jobs.settings import backup_longest_from
    from deploy.status.around import api_line, api_url, broker_line, certificate_line, disk_line
    from deploy.status.database import database_lines

    database_url, mqtt_url = find_addresses()
    yield from database_lines(database_url, backup_longest=backup_longest_from(os.environ))
    yield broker_line(mqtt_url)
    yield api_line(api_url())
    place = place_of()
    named = os.environ.get("VIGIE_CERTS_DIR")
    yield certificate_line(Path(named) if named else place.data / "certs")
    if place.data.exists():
        yield disk_line(place.data)


def find_addresses() -> tuple[str, str]:
    """Give database and broker as the environment names them, else the running embedded ones. Raises SettingError."""
    database_url, mqtt_url = os.environ.get("VIGIE_DATABASE_URL"), os.environ.get("VIGIE_MQTT_URL")
    if database_url and mqtt_url:
        return database_url, mqtt_url
    services = find_services()
    if services is None:
        raise SettingError("nothing runs here: `make demo`, or set VIGIE_DATABASE_URL and VIGIE_MQTT_URL")
    return database_url or services.database_url, mqtt_url or services.mqtt_url
