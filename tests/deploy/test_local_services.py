"""The fixtures of the embedded services themselves."""

import psycopg
import pytest

pytestmark = pytest.mark.services


@pytest.mark.parametrize("turn", [1, 2])
def test_database_url_gives_a_fresh_migrated_database(database_url: str, turn: int) -> None:
    with psycopg.connect(database_url, autocommit=True) as connection:
        connection.execute("create table traces (turn int)")
        (n_migrations,) = connection.execute("select count(*) from migrations").fetchone() or (0,)
    assert n_migrations > 0
