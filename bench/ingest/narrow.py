"""An MQTT 3.1.1 session with a broker that lets out 20 unacknowledged messages: waiting for full batches costs most."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from bench.ingest.chain import Chain
from bench.ingest.messages import OWN, TERRITORY
from store.connect import connect
from store.sources import RuleEntry, SourceEntry, write_source
from tests.support.own_broker import own_broker

MOST_IN_FLIGHT = 20
NAME = "narrow"


@contextmanager
def narrow_chain(chain: Chain, folder: Path) -> Iterator[Chain]:
    """Give the same database with such a broker before it, read as a source of its own."""
    with own_broker(folder, MOST_IN_FLIGHT) as broker:
        password = folder / "password"
        password.write_text("secret\n")
        rules = (RuleEntry("native", f"{OWN}/+/up"),)
        url = f"mqtt://127.0.0.1:{broker.port}"
        entry = SourceEntry(NAME, url, rules, TERRITORY, "3.1.1", "gateway", f"file:{password}")
        with connect(chain.database_url, program="bench", autocommit=True) as connection:
            write_source(connection, entry)
        yield replace(chain, mqtt_url=broker.url(), arguments=("ingest", "--source", NAME))
