"""`vigie check`: would this broker or this database lose data, and how is that mended?"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Annotated

import msgspec
import typer

from deploy.check.finding import Finding, Level, is_losing
from deploy.local.services import Embedded
from deploy.settings import services_given_or_embedded

ABOUT = """Find a broker or a database that would lose data, and say how to mend it.

Asks the database of VIGIE_DATABASE_URL and the broker of VIGIE_MQTT_URL (one alone is checked alone), else this
checkout's own services. The broker is probed with 3,000 messages of 1 kB to a session of the probe's own, which is
taken away again. One line for each finding: OK, not seen, warning, would lose data.

Ends with code 1 where something would lose data.
"""


@dataclass(frozen=True, slots=True)
class Target:
    """What is to be checked."""

    database_url: str | None
    mqtt_url: str | None
    broker_config: Path | None = None
    data_folder: Path | None = None


def add_to(app: typer.Typer) -> None:
    """Add the command."""
    app.command(help=ABOUT)(check)


def check(
    broker_config: Annotated[Path | None, typer.Option(help="the broker's mosquitto.conf, to be read too")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="one JSON object for each finding")] = False,
) -> None:
    with find_target(broker_config) as target:
        findings = find_all(target)
    for finding in findings:
        print(msgspec.json.encode(asdict(finding)).decode() if as_json else finding.line())
    if not as_json:
        print(summary(findings))
    if is_losing(findings):
        raise typer.Exit(1)


@contextmanager
def find_target(broker_config: Path | None) -> Iterator[Target]:
    """Give what the environment names, else the embedded services with their files."""
    database_url, mqtt_url = os.environ.get("VIGIE_DATABASE_URL"), os.environ.get("VIGIE_MQTT_URL")
    if database_url or mqtt_url:
        yield Target(database_url, mqtt_url, broker_config)
        return
    with services_given_or_embedded() as services:
        own_config, data_folder = own_files(services.embedded)
        yield Target(services.database_url, services.mqtt_url, broker_config or own_config, data_folder)


def own_files(embedded: Embedded | None) -> tuple[Path | None, Path | None]:
    """Give the broker's configuration and the database's folder where they are ours."""
    if embedded is None:
        return None, None
    return embedded.place.broker / "mosquitto.conf", embedded.place.postgres_data


def find_all(target: Target) -> list[Finding]:
    """Check all that is named."""
    # These load the drivers of database and broker, which no other command needs.
    from analytics.jobs.settings import backup_longest_from
    from deploy.check.broker import check_broker
    from deploy.check.database import check_database
    from deploy.check.mosquitto_file import check_file

    findings: list[Finding] = []
    if target.database_url:
        findings += check_database(target.database_url, target.data_folder, backup_longest_from(os.environ))
    if target.broker_config:
        findings += check_file(target.broker_config)
    if target.mqtt_url:
        probed = check_broker(target.mqtt_url)
        findings += [one for one in probed if not (target.broker_config and one.check == "persistence")]
    return findings


def summary(findings: list[Finding]) -> str:
    """Count them."""
    counts = {level: sum(finding.level is level for finding in findings) for level in Level}
    return (
        f"{counts[Level.LOSS]} would lose data, {counts[Level.WARNING]} warnings, "
        f"{counts[Level.UNSEEN]} not seen, {counts[Level.OK]} OK"
    )
