"""Published inputs and answers: ETSI's temporal vectors, examples of the Smart Data Models, and our own decoder."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from api.ngsi.registry import SUPPLY, registry_models, tell, told_quantities, value_of
from deploy.local.services import Services
from sensors.formats import formats
from sensors.quantity import QUANTITIES
from store.connect import connect
from store.ngsi.context import bring_context
from tests.api.ngsi.broker import MODELS, Broker, link, opened_broker, seed_writers
from tests.support.services import fresh_database
from tests.support.shared import shared_data

VEHICLE = "https://ngsi-ld-test-suite/context#"
CONTEXT = {"@context": {name: VEHICLE + name for name in ("Vehicle", "speed", "fuelLevel")}}
SPAN = {"timerel": "after", "timeAt": "2020-01-01T00:00:00Z"}


@pytest.fixture(scope="module")
def vectors() -> Path:
    return shared_data("payloads")


@pytest.fixture(scope="module")
def broker(services: Services, database_template: str, vectors: Path) -> Iterator[Broker]:
    """A territory with the two vehicles of August and September, and the context that they name."""
    with fresh_database(services, database_template) as url:
        _, east, _ = seed_writers(url)
        with opened_broker(url, east) as opened:
            for number, month in enumerate(("08", "09")):
                body = read(vectors, f"2020-{month}-vehicle-temporal-representation.jsonld")
                (opened.context,) = body["@context"]
                with connect(url, program="test") as connection:
                    bring_context(connection, "east", opened.context, CONTEXT)
                opened.send("/temporal/entities", {**body, "id": f"urn:ngsi-ld:Vehicle:{number}"})
            yield opened


def read(vectors: Path, name: str) -> Any:
    return json.loads((vectors / "ngsi-ld-temporal" / name).read_text(encoding="utf-8"))


@pytest.mark.services
@pytest.mark.shared_data
@pytest.mark.parametrize(
    ("expected", "query"),
    [
        ("2020-08-vehicle-temporal-representation-temporal-values.json", {"options": "temporalValues"}),
        (
            "vehicle-temporal-representation-aggregated-avg-PT1H.json",
            {"options": "aggregatedValues", "aggrMethods": "avg", "aggrPeriodDuration": "PT1H"},
        ),
        (
            "vehicle-temporal-representation-aggregated-avg-max-PT1H.json",
            {"options": "aggregatedValues", "aggrMethods": "avg,max", "aggrPeriodDuration": "PT1H"},
        ),
        (
            "vehicle-temporal-representation-aggregated-min-max-P1D.json",
            {"options": "aggregatedValues", "aggrMethods": "min,max", "aggrPeriodDuration": "P1D"},
        ),
    ],
)
def test_temporal_answers_are_those_of_etsi(
    broker: Broker, vectors: Path, expected: str, query: dict[str, str]
) -> None:
    wanted = {**read(vectors, f"expectations/{expected}"), "id": "urn:ngsi-ld:Vehicle:0"}
    assert broker.get("/temporal/entities/urn:ngsi-ld:Vehicle:0", **query) == wanted


@pytest.mark.services
@pytest.mark.shared_data
def test_names_are_whole_addresses_without_the_context(broker: Broker, vectors: Path) -> None:
    answer = broker.ask("/temporal/entities/urn:ngsi-ld:Vehicle:0", headers={"Link": ""}).json()
    for name in ("speed", "fuelLevel"):
        for one in answer[VEHICLE + name]:
            assert one.pop("instanceId").startswith("urn:ngsi-ld:Instance:")
    assert answer == {
        **read(vectors, "expectations/vehicle-temporal-representation-020-01.jsonld"),
        "id": "urn:ngsi-ld:Vehicle:0",
    }


@pytest.mark.services
@pytest.mark.shared_data
def test_posted_questions_of_etsi_are_answered(broker: Broker, vectors: Path) -> None:
    query = "/temporal/entityOperations/query"
    between = broker.send(query, read(vectors, "entity-operations-between-query.jsonld"), status=200).json()
    assert [one["id"] for one in between] == ["urn:ngsi-ld:Vehicle:1"]
    (_, second) = broker.send(query, read(vectors, "aggrParams-avg-query.jsonld"), status=200).json()
    assert second["speed"]["avg"] == [[100.0, "2020-09-01T12:03:00Z", "2020-09-01T12:07:00Z"]]
    broker.refuse(query, "BadRequestData", 400, "POST", read(vectors, "aggrParams-bad-duration-query.jsonld"))


@pytest.mark.services
@pytest.mark.shared_data
def test_examples_of_the_models_are_given_back_as_they_are(broker: Broker, vectors: Path) -> None:
    """Each normalized example is written and read back without a difference, with the models' own context."""
    n_read = 0
    for path in sorted((vectors / "smart-data-models").rglob("example-normalized.jsonld")):
        body = json.loads(path.read_text(encoding="utf-8"))
        answer = broker.ask("/entities", "POST", body)
        assert answer.status_code == 201, (path, answer.text)
        found = broker.ask(f"/entities/{body['id']}", headers={"Link": link(MODELS)}).json()
        assert found == {name: value for name, value in body.items() if name != "@context"}, path
        n_read += 1
    assert n_read > 20


def test_what_we_tell_our_own_decoder_reads() -> None:
    """Each quantity of each model, told as an attribute and decoded, is the value that was stored."""
    n_compared = 0
    for asset_type, (model, _) in registry_models().by_type.items():
        if model not in {
            "Streetlight",
            "ParkingSpot",
            "OffStreetParking",
            "WasteContainer",
            "IndoorEnvironmentObserved",
        }:
            assert asset_type in SUPPLY or model in {
                "SmartMeteringObservation",
                "StreetlightControlCabinet",
                "Building",
            }
            continue
        for (quantity, channel), told in told_quantities(model, asset_type).items():
            known = QUANTITIES[quantity]
            for value in (known.low, known.high) if known.kind != "state" else range(int(known.high) + 1):
                told_again, _ = tell(model, asset_type, quantity, channel)
                assert told_again == told
                written = value_of(told, quantity, float(value))
                body = {"type": "Property", **written, "observedAt": "2026-03-01T12:00:00Z"}
                name = told.iri.rpartition("/")[2]
                document = {"id": f"urn:ngsi-ld:{model}:x", "type": model, name: body}
                found = [
                    (column.quantity, float(column.values[0]))
                    for uplink in formats()["ngsi_ld"].decode("", json.dumps(document).encode(), 1_772_366_400_000_000)
                    for column in uplink.columns
                ]
                assert written["value"] is None or (quantity, pytest.approx(float(value))) in found, (
                    model,
                    name,
                    value,
                )
                n_compared += 1
    assert n_compared > 40
