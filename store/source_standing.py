"""How the sources stand, as a reader sees them: their sessions, and what they brought in 24 hours."""

from store.reader import Connection, Row, fetch
from store.sql import load_queries

QUERIES = load_queries(__file__)


async def list_source_standings(connection: Connection) -> list[Row]:
    """List the sources that may speak for the reader's territories, the own broker first, with counts of values.

    Counts are those of the reader's territories. A source that was removed is listed while it has some. `sessions` is
    None where no worker has noted one for a day; one that was not noted for a minute is `unknown`.
    """
    return await fetch(connection, QUERIES["list_source_standings"], {})
