"""`vigie context`: copies of public JSON-LD contexts."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from deploy.cli import app
from deploy.errors import SettingError
from store.connect import connect
from store.keys import create_key
from store.registry import TerritoryEntry, register
from tests.api.ngsi.broker import link, opened_broker

pytestmark = pytest.mark.services
URL = "https://elsewhere.example/context.jsonld"


def vigie(database_url: str, *words: str) -> Result:
    environment = {"VIGIE_DATABASE_URL": database_url, "VIGIE_MQTT_URL": "mqtt://127.0.0.1:1"}
    return CliRunner(env=environment).invoke(app, ["context", "add", *words])


def test_a_copy_stands_for_the_public_context(database_url: str, tmp_path: Path) -> None:
    """Entities that name it are read by it, and a newer copy takes the place of the old one."""
    with connect(database_url, program="test") as connection:
        register(connection, [TerritoryEntry("lab", "Labo"), TerritoryEntry("other", "Autre")])
        keys = [create_key(connection, slug, [slug], ["read", "write"]) for slug in ("lab", "other")]
    file = tmp_path / "context.jsonld"
    for root in ("https://ex.example/old/", "https://ex.example/new/"):
        file.write_text(json.dumps({"@context": {"height": f"{root}height"}}), encoding="utf-8")
        said = vigie(database_url, "lab", URL, str(file))
        assert said.stdout == f"{URL} kept for lab\n"
    entity = {"id": "urn:a:1", "type": "Tower", "height": 5, "@context": URL}
    with opened_broker(database_url, keys[0]) as broker:
        broker.send("/entities", entity)
        assert "https://ex.example/new/height" in broker.ask("/entities/urn:a:1", headers={"Link": ""}).json()
        assert broker.ask("/entities/urn:a:1", headers={"Link": link(URL)}).json()["height"]["value"] == 5
        assert broker.get("/jsonldContexts", kind="Cached", details="true")[0]["URL"] == URL
    with opened_broker(database_url, keys[1]) as other:
        other.refuse("/entities", "LdContextNotAvailable", 503, "POST", entity)


@pytest.mark.parametrize("text", ["", "no json", "[]", "{}", '{"@context": 5}'])
def test_what_is_no_context_is_refused(database_url: str, tmp_path: Path, text: str) -> None:
    file = tmp_path / "context.jsonld"
    file.write_text(text, encoding="utf-8")
    error = vigie(database_url, "lab", URL, str(file)).exception
    assert isinstance(error, SettingError)
    assert str(file) in str(error)


def test_an_unknown_territory_and_a_missing_file_are_said(database_url: str, tmp_path: Path) -> None:
    file = tmp_path / "context.jsonld"
    assert isinstance(vigie(database_url, "lab", URL, str(file)).exception, SettingError)
    file.write_text('{"@context": {}}', encoding="utf-8")
    error = vigie(database_url, "nowhere", URL, str(file)).exception
    assert "nowhere" in str(error)
