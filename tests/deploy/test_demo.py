"""The demo goes on where it ended, and begins anew where its database is new."""

from pathlib import Path

import pytest

from deploy import demo
from deploy.local.services import Services


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
