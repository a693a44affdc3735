"""Database roles that read one territory's subtree: the boundary for Grafana and for people with SQL."""

from typing import Any

import psycopg
from psycopg import sql

from store.errors import StoreError
from store.sql import load_queries

QUERIES = load_queries(__file__)
N_CONNECTIONS = 10
# Limits against mistakes. A session may lift them for itself; what it may see and write is the grants' business.
ROLE_SETTINGS = {
    "statement_timeout": ("15s",),
    "idle_in_transaction_session_timeout": ("60s",),
    "default_transaction_read_only": ("on",),
    "search_path": ("reader", "public"),
    "timezone": ("UTC",),
}


class UnknownTerritoryError(StoreError):
    """No territory has this slug."""


class TakenRoleError(StoreError):
    """A role of this name exists and is no reader."""


def create_reader(
    connection: psycopg.Connection[tuple[Any, ...]], role_name: str, password: str, territory: str
) -> None:
    """Make (or give a new password to) a login role that sees the subtree of a territory through `reader` only.

    The role is read-only, its statements end after 15 s, and it holds at most 10 connections. Territories granted to
    it before stay granted.

    Raises
    ------
    UnknownTerritoryError
        No territory has this slug.
    TakenRoleError
        A role of this name exists and is no reader; it is left alone.
    """
    with connection.transaction():
        connection.execute(QUERIES["lock_roles"])
        ensure_role(connection, role_name)
        role = sql.Identifier(role_name)
        connection.execute(
            sql.SQL("alter role {} login inherit nocreatedb nocreaterole password {} connection limit {}").format(
                role, sql.Literal(password), sql.Literal(N_CONNECTIONS)
            )
        )
        for name, values in ROLE_SETTINGS.items():
            connection.execute(
                sql.SQL("alter role {} set {} to {}").format(
                    role, sql.Identifier(name), sql.SQL(", ").join(sql.Literal(value) for value in values)
                )
            )
        # A database's own rights are not copied from its template, so they are made sure of here.
        connection.execute(QUERIES["revoke_temporary"])
        granted = connection.execute(QUERIES["grant_territory"], {"role_name": role_name, "territory": territory})
        if granted.fetchone() is None:
            raise UnknownTerritoryError(f"no territory has the slug {territory}")


def ensure_role(connection: psycopg.Connection[tuple[Any, ...]], role_name: str) -> None:
    """Make the role, unless it is a reader already."""
    row = connection.execute(QUERIES["read_role"], {"role_name": role_name}).fetchone()
    if row is None:
        connection.execute(sql.SQL("create role {} in role vigie_reader").format(sql.Identifier(role_name)))
        # Rows of a role that was dropped were not meant for the one that takes its name.
        connection.execute(QUERIES["delete_grants"], {"role_name": role_name})
    elif not row[0]:
        raise TakenRoleError(f"the database role {role_name} exists and is no reader: choose another name")


def has_reader(connection: psycopg.Connection[tuple[Any, ...]], role_name: str, territory: str) -> bool:
    """Is there a reader of this name who may see this territory?"""
    parameters = {"role_name": role_name, "territory": territory}
    return connection.execute(QUERIES["find_reader"], parameters).fetchone() is not None


def list_territories(connection: psycopg.Connection[tuple[Any, ...]]) -> list[str]:
    """Give the slugs of all territories, in alphabetical order."""
    return [str(row[0]) for row in connection.execute(QUERIES["list_territories"])]
