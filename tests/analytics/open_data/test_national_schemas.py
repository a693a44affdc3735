"""Files after national schemas are valid under them, by an independent validator."""

import json
from collections.abc import Iterator
from pathlib import Path

import frictionless
import pytest

from analytics.open_data.release import publish
from store.publications import read_file
from tests.support.open_town import Connection, add, moment, open_town
from tests.support.shared import shared_data

pytestmark = [pytest.mark.services, pytest.mark.shared_data]

FILES = {
    ("mobility_counts", "measure"): "schema-comptage-mobilites/measure",
    ("mobility_counts", "site"): "schema-comptage-mobilites/site",
    ("mobility_counts", "channel"): "schema-comptage-mobilites/channel",
    ("car_parks", "stationnement"): "schema-stationnement",
}


@pytest.fixture
def town(database_url: str) -> Iterator[Connection]:
    with open_town(database_url) as connection:
        yield connection


def faults_of(path: Path, schema: Path) -> list[str]:
    """Validate a CSV file; every fault with its kind."""
    rules = frictionless.Schema.from_descriptor(json.loads(schema.read_text(encoding="utf-8")))
    report = frictionless.Resource(path=path.name, basepath=str(path.parent), schema=rules).validate()
    return [" ".join(map(str, row)) for row in report.flatten(["type", "note"])]


@pytest.mark.parametrize(("dataset", "table"), FILES)
def test_file_is_valid_under_its_schema(town: Connection, tmp_path: Path, dataset: str, table: str) -> None:
    schema = shared_data("payloads/fr-open-data") / FILES[dataset, table] / "schema.json"
    published = add(town, dataset)
    publish(town, published, moment())
    content = read_file(town, published.publication_id, f"{table}.csv")
    assert content is not None
    (tmp_path / "own.csv").write_bytes(content)
    assert len(content.splitlines()) > 1
    assert faults_of(tmp_path / "own.csv", schema) == []


@pytest.mark.parametrize(("dataset", "table"), FILES)
def test_validator_finds_what_is_missing(town: Connection, tmp_path: Path, dataset: str, table: str) -> None:
    """With its first required column emptied, the file is no longer valid."""
    schema = shared_data("payloads/fr-open-data") / FILES[dataset, table] / "schema.json"
    published = add(town, dataset)
    publish(town, published, moment())
    content = read_file(town, published.publication_id, f"{table}.csv")
    assert content is not None
    head, first, *_ = content.decode().splitlines()
    (tmp_path / "own.csv").write_text(f"{head}\n,{first.partition(',')[2]}\n", encoding="utf-8")
    assert "constraint-error" in {fault.split()[0] for fault in faults_of(tmp_path / "own.csv", schema)}
