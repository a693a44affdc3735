"""The demo goes on where it ended, and begins anew where its database is new."""

import threading
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from deploy import demo
from deploy.local.services import Services
from tests.support.served import served


@pytest.mark.services
def test_a_town_whose_database_is_gone_begins_anew(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = [tmp_path / "truth.json", tmp_path / "reference.json"]
    monkeypatch.setattr(demo, "TRUTH", files[0])
    monkeypatch.setattr(demo, "REFERENCE", files[1])
    for file in files:
        file.write_text("{}", encoding="utf-8")
    services = Services(database_url, database_url, "mqtt://127.0.0.1:1")
    demo.prepare(services)
    assert [file.exists() for file in files] == [False, False]
    for file in files:
        file.write_text("{}", encoding="utf-8")
    demo.prepare(services)
    assert [file.exists() for file in files] == [True, True]


@pytest.mark.services
def test_the_api_is_there_once_it_answers_however_little_else_is(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """At the beginning nothing is ingested and no hour closed: the platform is degraded, and the demo goes on."""
    monkeypatch.setattr(demo, "API_PATIENCE_S", 10.0)
    with served(database_url) as address:
        demo.wait_for_api(urlsplit(address).port or 0, [], threading.Event())
