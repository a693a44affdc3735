"""A payload that nobody could read is read again when its codec is there; the rest is not counted twice."""

import psycopg
import pytest

from ingest.replay import replay
from store.connect import connect
from store.quarantine import Choice, Counts
from store.registry import DeviceEntry, TerritoryEntry, register
from tests.ingest.test_codecs_chain import MAPPING, THERMOMETER, add, message
from tests.support.chain import Chain, Settings
from tests.support.desk import Desk
from tests.support.lorawan import EUI

pytestmark = pytest.mark.services

LEDGER = """
    select sum(n_messages), sum(n_received), sum(n_stored), sum(n_duplicate), sum(n_rejected) from delivery_ledger
"""


def test_a_mended_codec_has_the_payload_stored(database_url: str, territory_slug: str) -> None:
    """Reception (2 values) was stored at once, the payload refused as one value; mended, it holds two."""
    with psycopg.connect(database_url) as connection:
        register(connection, [TerritoryEntry(territory_slug, "Test")], devices=[DeviceEntry(territory_slug, EUI)])
    desk = Desk(database_url, territory_slug)
    sent = message(1)
    desk.work([desk.chunk([(sent.topic, sent.payload)])])
    ((messages, received, stored, *rest),) = desk.fetch(LEDGER)
    assert (messages, rest) == (1, [0, 1])
    assert received == stored + 1  # type: ignore[operator]
    with connect(database_url, program="test") as connection:
        assert replay(connection, Choice()) == Counts(n_unchanged=1)
    add(Chain(Settings(database_url, ""), territory_slug), "maison", THERMOMETER, MAPPING, profiles=["maison/t-1"])
    with connect(database_url, program="test") as connection:
        assert replay(connection, Choice(reason="codec_failed")) == Counts(1, 0, 2, 0, 0)
        assert replay(connection, Choice()) == Counts()
    assert desk.fetch(LEDGER) == [(1, received + 1, stored + 2, 0, 0)]  # type: ignore[operator]
    assert desk.fetch("select count(*) from measurements") == [(stored + 2,)]  # type: ignore[operator]
    versions = "select decoder_version from batches where worker = 'replay'"
    assert desk.fetch(versions) == [("chirpstack/1+maison/1",)]
