"""A region with two communes and at least one row of everything that the API shows, so that a leak shows."""

from dataclasses import dataclass
from pathlib import Path

from store.connect import connect
from store.keys import NewKey, insert_key
from store.registry import TerritoryEntry, register

SEED = (Path(__file__).parents[1] / "store" / "seed_one_row_each.sql").read_text(encoding="utf-8")
MORE = (Path(__file__).parent / "every_row.sql").read_text(encoding="utf-8")
# What belongs to keys: a file that another server holds.
OF_KEYS = """
insert into exports (key_id, question, extension, place, state, sha256, finished_at, expires_at)
select key_id, '{"format": "csv"}', 'csv', 'elsewhere', 'ready', 'hash', now(), now() + interval '1 day' from api_keys
"""


@dataclass(frozen=True, slots=True)
class EveryRow:
    """Keys by what they see, all series, and a span that holds their measurements."""

    region_key: str
    north_key: str
    series_ids: list[int]
    first: str = "2026-05-01T00:00:00Z"
    last: str = "2026-05-02T00:00:00Z"


def seed_every_row(database_url: str) -> EveryRow:
    """Store it; names, texts and values tell whose they are."""
    with connect(database_url, program="test") as connection:
        register(
            connection,
            [
                TerritoryEntry("region", "Region", "region"),
                TerritoryEntry("north", "North", parent="region"),
                TerritoryEntry("south", "South", parent="region"),
            ],
        )
        connection.execute(SEED)
        connection.execute(MORE)
        series_ids = [row[0] for row in connection.execute("select series_id from series order by 1").fetchall()]
        new = [NewKey(name, [name], "administrator", ["read"]) for name in ("region", "north")]
        keys = [insert_key(connection, key)[1] for key in new]
        connection.execute(OF_KEYS)
    return EveryRow(*keys, series_ids)
