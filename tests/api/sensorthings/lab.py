"""A territory without a registry, in which clients write everything: two rooms with two datastreams each."""

from typing import Any

from store.connect import connect
from store.keys import create_key
from store.registry import TerritoryEntry, register
from tests.api.sensorthings.service import Service

UNIT = {"name": "Celsius", "symbol": "degC", "definition": "http://www.opengis.net/def/uom/UCUM/0/Cel"}


def seed_lab(database_url: str) -> tuple[str, str, str]:
    """Make the territory and a neighbour; give keys that write here, only read here, and write to the neighbour."""
    with connect(database_url, program="test") as connection:
        register(connection, [TerritoryEntry("lab", "Labo"), TerritoryEntry("neighbour", "Voisin")])
        return (
            create_key(connection, "writer", ["lab"], ["read", "write"]),
            create_key(connection, "reader", ["lab"], ["read"]),
            create_key(connection, "other", ["neighbour"], ["read", "write"]),
        )


def a_location(east: float = 5.0, north: float = 47.0, name: str = "Roof") -> dict[str, Any]:
    """A point."""
    place = {"type": "Point", "coordinates": [east, north]}
    return {"name": name, "description": name, "encodingType": "application/geo+json", "location": place}


def a_sensor(name: str = "Thermometer") -> dict[str, Any]:
    return {"name": name, "description": name, "encodingType": "application/pdf", "metadata": "sheet"}


def a_property(name: str = "Temperature") -> dict[str, Any]:
    return {"name": name, "definition": f"urn:{name}", "description": name}


def a_datastream(name: str, **related: Any) -> dict[str, Any]:
    """A datastream with a sensor and a property of its own, unless others are given."""
    return {
        "name": name,
        "description": f"about {name}",
        "unitOfMeasurement": UNIT,
        "observationType": "http://www.opengis.net/def/observationType/OGC-OM/2.0/OM_Measurement",
        "Sensor": a_sensor(f"sensor of {name}"),
        "ObservedProperty": a_property(f"property of {name}"),
        **related,
    }


def a_room(number: int) -> dict[str, Any]:
    """A thing with its location and two datastreams, each with three observations, 1, 2, 3 and so on."""
    return {
        "name": f"room {number}",
        "description": f"room {number}",
        "properties": {"floor": number, "reference": f"r{number}"},
        "Locations": [a_location(5.0 + number, 47.0, f"place {number}")],
        "Datastreams": [
            a_datastream(
                f"datastream {number}.{part}",
                Observations=[
                    {"phenomenonTime": f"2015-03-{day:02d}T00:00:00Z", "result": day}
                    for day in range(6 * number + 3 * part - 8, 6 * number + 3 * part - 5)
                ],
            )
            for part in (1, 2)
        ],
    }


def furnish(service: Service) -> list[int]:
    """Write rooms 1 and 2 with observations 1 to 12, and give the ids of the rooms."""
    return [service.make("/Things", a_room(number)) for number in (1, 2)]
