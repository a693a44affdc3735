"""Findings about lamps as LwM2M names them: alarms of the uCIFI objects, version 2.0, in the registry of OMA.

3416 is the outdoor lamp controller, 3418 the electrical monitor. A kind is here only where a resource says the same of
the lamp; how Vigie comes to say it is another matter (3418 has a fixed threshold where hints compare with the past).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Resource:
    """A resource of an object, by its numbers and its name there."""

    object_id: int
    resource_id: int
    name: str

    @property
    def path(self) -> str:
        """Write object and resource as one.

        Examples
        --------
        >>> Resource(3416, 5, "Lamp failure").path
        '3416/5'
        """
        return f"{self.object_id}/{self.resource_id}"


LAMP_FAILURE = Resource(3416, 5, "Lamp failure")
DAY_BURNER = Resource(3416, 10, "Day burner")
CYCLING_FAILURE = Resource(3416, 11, "Cycling failure")
RESOURCE_BY_KIND: Mapping[str, Resource] = {
    "dead_lamp": LAMP_FAILURE,
    "day_burner": DAY_BURNER,
    "flicker": CYCLING_FAILURE,
    "thermal_derating": Resource(3416, 22, "Control gear thermal derating"),
    "power_factor_low": Resource(3418, 9, "Low power factor"),
}
# What `reported_fault` passes on, by the quantity of its state.
RESOURCE_BY_STATE: Mapping[str, Resource] = {
    "lamp_failure": LAMP_FAILURE,
    "control_gear_failure": Resource(3416, 7, "Control gear failure"),
    "relay_failure": Resource(3416, 9, "Relay failure"),
    "day_burner": DAY_BURNER,
    "cycling_failure": CYCLING_FAILURE,
    "thermal_shutdown": Resource(3416, 25, "Control gear thermal shutdown"),
}


def resource_of(kind: str, evidence: Mapping[str, Any]) -> Resource | None:
    """Give the resource that says the same as a finding, None where there is none."""
    if kind == "reported_fault":
        return RESOURCE_BY_STATE.get(evidence.get("quantity", ""))
    return RESOURCE_BY_KIND.get(kind)
