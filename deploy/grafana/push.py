"""Bring Grafana to what the code says: one organisation per territory, with its own reader of the database.

The difference is computed and applied in one walk, so that `diff` and `push` cannot disagree. Running again changes
nothing. Passwords are made here, given to the database and to Grafana, and kept nowhere else.
"""

import secrets
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import psycopg

from deploy.grafana.dashboards import BuiltDashboard, build_all
from deploy.grafana.query import SOURCE_TYPE
from deploy.grafana.server import SOURCE_UID, Json, Server
from deploy.grafana.target import Target
from deploy.grafana.watch import FOLDER_UID, GROUP, describe_group
from store.readers import UnknownTerritoryError, create_reader, has_reader, list_territories

FOLDER_TITLE = {"fr": "Vigie", "en": "Vigie (English)"}
Connection = psycopg.Connection[tuple[Any, ...]]


@dataclass(frozen=True, slots=True)
class Change:
    """Something that is not yet as the code says."""

    territory: str
    subject: str
    is_new: bool

    def __str__(self) -> str:
        return f"{self.territory}: {'create' if self.is_new else 'update'} {self.subject}"


def settle(target: Target, connection: Connection, territories: Sequence[str], *, apply: bool) -> Iterator[Change]:
    """Walk through the territories and give each change; with `apply`, each is made before it is given."""
    refuse_unknown(connection, territories)
    dashboards = list(build_all(target.page_url))
    server = Server(target)
    for territory in territories:
        name = f"Vigie {territory}"
        organisation_id = server.find_organisation(name)
        if organisation_id is None:
            if not apply:
                yield Change(territory, f"organisation {name} with all it holds", is_new=True)
                continue
            organisation_id = server.create_organisation(name)
            yield Change(territory, f"organisation {name}", is_new=True)
        organisation = Server(target, organisation_id)
        yield from settle_source(organisation, connection, territory, apply=apply)
        yield from settle_folders(organisation, territory, apply=apply)
        for built in dashboards:
            yield from settle_dashboard(organisation, territory, built, apply=apply)
        yield from settle_watch(organisation, territory, organisation_id, apply=apply)


def refuse_unknown(connection: Connection, territories: Sequence[str]) -> None:
    """Stop before anything is made for a territory that does not exist."""
    for slug in sorted(set(territories) - set(list_territories(connection))):
        raise UnknownTerritoryError(f"no territory has the slug {slug}")


def settle_source(server: Server, connection: Connection, territory: str, *, apply: bool) -> Iterator[Change]:
    """Make the data source and the database role behind it; where one of them is missing, both get a new password."""
    role_name = server.target.role_name(territory)
    wanted, present = describe_source(server.target, role_name), server.find_source()
    has_role = has_reader(connection, role_name, territory)
    if present is not None and has_role and is_within(wanted, present):
        return
    if apply:
        if present is None or not has_role:
            password = secrets.token_urlsafe(32)
            create_reader(connection, role_name, password, territory)
            connection.commit()
            wanted = {**wanted, "secureJsonData": {"password": password}}
        server.save_source(wanted, is_new=present is None)
    yield Change(territory, f"data source with the database role {role_name}", is_new=present is None)


def settle_folders(server: Server, territory: str, *, apply: bool) -> Iterator[Change]:
    """Make the folder of each language."""
    for language, title in FOLDER_TITLE.items():
        if not server.has_folder(f"vigie-{language}"):
            if apply:
                server.create_folder(f"vigie-{language}", title)
            yield Change(territory, f"folder {title}", is_new=True)


def settle_dashboard(server: Server, territory: str, built: BuiltDashboard, *, apply: bool) -> Iterator[Change]:
    """Write a dashboard that is absent or differs in anything that the code says."""
    present = server.find_dashboard(built.uid)
    if present is not None and is_within(built.model, present):
        return
    if apply:
        server.save_dashboard(built.model, f"vigie-{built.audience.language}")
    yield Change(territory, f"dashboard {built.uid}", is_new=present is None)


def settle_watch(server: Server, territory: str, organisation_id: int, *, apply: bool) -> Iterator[Change]:
    """Write the alert rule that watches Vigie itself where it is absent or differs."""
    wanted = describe_group(SOURCE_UID, organisation_id)
    present = server.find_rules(FOLDER_UID, GROUP)
    if present is not None and is_within(wanted, present):
        return
    if apply:
        server.save_rules(FOLDER_UID, GROUP, wanted)
    yield Change(territory, f"alert rule that watches {GROUP}", is_new=present is None)


def describe_source(target: Target, role_name: str) -> Json:
    """Describe a territory's data source, without its password."""
    return {
        "uid": SOURCE_UID,
        "name": "Vigie",
        "type": SOURCE_TYPE,
        "access": "proxy",
        "url": target.database_address,
        "user": role_name,
        "isDefault": True,
        "jsonData": {
            "database": target.database_name,
            "sslmode": target.ssl_mode,
            "timescaledb": True,
            "postgresVersion": 1500,
            "maxOpenConns": 8,
            "maxIdleConns": 2,
            "connMaxLifetime": 3600,
        },
    }


def is_within(wanted: object, present: object) -> bool:
    """Does Grafana hold everything that we want? It adds fields of its own, which are no difference."""
    if isinstance(wanted, dict) and isinstance(present, dict):
        return all(key in present and is_within(value, present[key]) for key, value in wanted.items())
    if isinstance(wanted, list) and isinstance(present, list):
        return len(wanted) == len(present) and all(map(is_within, wanted, present))
    return wanted == present
