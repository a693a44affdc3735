"""The file of reference data that a simulated town writes goes through the checks of what people enter."""

from datetime import timedelta
from pathlib import Path

from deploy.reference import read_reference
from sensors.reference.check import find_faults
from sensors.reference.resources import RESOURCES
from simulators.reference import write_reference
from tests.simulators.test_truth import START, a_town


def test_what_a_simulated_town_knows_has_no_fault(tmp_path: Path) -> None:
    path = tmp_path / "reference.json"
    write_reference(path, a_town(21, history_days=400), START + timedelta(days=30))
    reference = read_reference(path)
    assert reference.projects
    assert reference.collection_plans
    assert list(find_faults({name: getattr(reference, name) for name in RESOURCES})) == []
