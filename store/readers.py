"""Database roles that read one territory's subtree: the boundary for Grafana and for people with SQL."""

from typing import Any

import psycopg
from psycopg import sql

from store.sql import load_queries

QUERIES = load_queries(__file__)
N_CONNECTIONS = 10
ROLE_SETTINGS = {
    "statement_timeout": ("15s",),
    "default_transaction_read_only": ("on",),
    "search_path": ("reader", "public"),
    "timezone": ("UTC",),
}


def create_reader(
    connection: psycopg.Connection[tuple[Any, ...]], role_name: str, password: str, territory: str
) -> None:
    """Make (or give a new password to) a login role that sees the subtree of a territory through `reader` only.

    The role is read-only, its statements end after 15 s, and it holds at most 10 connections.
    """
    with connection.transaction():
        # Roles belong to the whole server; two databases may name the same one at the same time.
        connection.execute(QUERIES["lock_roles"])
        if connection.execute(QUERIES["read_role"], {"role_name": role_name}).fetchone() is None:
            connection.execute(sql.SQL("create role {} in role vigie_reader").format(sql.Identifier(role_name)))
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
        connection.execute(QUERIES["grant_territory"], {"role_name": role_name, "territory": territory})
