"""Rejections and the ledger: said in words, payloads as they came, received = stored + duplicate + rejected."""

import asyncio
import base64
from typing import Any

import pytest

from tests.support.api import api_client, read_all
from tests.support.every_row import seed_every_row

pytestmark = pytest.mark.services


def read(database_url: str, path: str, **parameters: object) -> list[dict[str, Any]]:
    """Read a list as the commune north sees it."""
    town = seed_every_row(database_url)

    async def story() -> list[dict[str, Any]]:
        async with api_client(database_url, town.north_key) as client:
            return await read_all(client, path, **parameters)

    return asyncio.run(story())


def test_payload_comes_as_it_was(database_url: str) -> None:
    """Base64 without line breaks, which strict decoders refuse: 200 bytes are more than a line of PostgreSQL."""
    (rejection,) = read(database_url, "/v1/rejections", reason="newer_reason")
    assert base64.b64decode(rejection["payload_base64"], validate=True) == b"x" * 200


def test_a_reason_that_is_not_known_yet_goes_by_its_own_word(database_url: str) -> None:
    """Ingest is of a newer version than the API: its rejections are listed all the same."""
    _stranger, newer, known = read(database_url, "/v1/rejections")
    assert newer["sentence_fr"] == newer["sentence_en"] == "newer_reason (secret of north)"
    assert known["reason"] == "invalid_json"
    assert known["sentence_fr"] != known["sentence_en"]


def test_deliveries_begin_with_the_latest_hour_and_add_up(database_url: str) -> None:
    ledger = read(database_url, "/v1/deliveries")
    hours = [line["arrival_hour"] for line in ledger]
    assert hours == sorted(hours, reverse=True)
    assert [line["device"] for line in ledger] == [None, "device", "device", "device"]
    assert ledger[0]["device_id"] is None
    for line in ledger:
        assert line["n_received"] == line["n_stored"] + line["n_duplicate"] + line["n_rejected"]
