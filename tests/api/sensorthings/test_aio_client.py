"""The client aio-sensorthings, which knows nothing of Vigie, copies one territory to another over HTTP."""

import json
import subprocess
from pathlib import Path

import pytest

from store.sensorthings.model import SETS
from tests.api.sensorthings.lab import furnish, seed_lab
from tests.api.sensorthings.service import Service, opened_service
from tests.support import sensorthings_client
from tests.support.newer_python import installed
from tests.support.served import served

pytestmark = pytest.mark.services

FOLDER = Path(sensorthings_client.__file__).parent
N_COPIED = {"Things": 2, "Locations": 2, "Sensors": 4, "ObservedProperties": 4, "Datastreams": 4}


def told(service: Service) -> set[tuple[str, ...]]:
    """What each datastream belongs to, by names."""
    expand = "Thing($expand=Locations),Sensor,ObservedProperty"
    return {
        (one["name"], one["Thing"]["Locations"][0]["name"], one["Sensor"]["name"], one["ObservedProperty"]["name"])
        for one in service.get(f"/Datastreams?$expand={expand}")["value"]
    }


def test_the_client_copies_a_territory_once_and_finds_its_copy_again(database_url: str) -> None:
    python = installed(FOLDER)
    source_key, _, target_key = seed_lab(database_url)
    with opened_service(database_url, source_key) as source:
        furnish(source)
        before = told(source)
    with served(database_url) as url:
        command = [str(python), str(FOLDER / "mirror.py"), f"{url}/sensorthings", source_key, target_key]
        done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr[-2_000:]
    with opened_service(database_url, target_key) as target:
        assert told(target) == before
        assert {name: len(target.values(f"/{name}")) for name in SETS}.items() >= N_COPIED.items()
        answer = json.loads(done.stdout)
        assert answer["results"] == [0, 1, 2]
        assert target.get(f"/Observations({answer['made']})")["result"] == 2
