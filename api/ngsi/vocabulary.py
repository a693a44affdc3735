"""The words of the core context, and those of the Smart Data Models by which the registry is told."""

from collections.abc import Mapping
from functools import cache
from types import MappingProxyType

from sensors.quantity import QUANTITIES
from sensors.smart_data_models import MODELS
from sensors.types import asset_types

NGSI = "https://uri.etsi.org/ngsi-ld/"
VOCABULARY = f"{NGSI}default-context/"  # of names that no context knows
CORE_CONTEXT = f"{NGSI}v1/ngsi-ld-core-context-v1.8.jsonld"
MODELS_NAME = "smart-data-models"  # of the context that Vigie serves
MODEL_ROOT = "https://smartdatamodels.org/"
OWN_QUANTITY, OWN_FACT = "urn:vigie:quantity:", "urn:vigie:attribute:"
# ETSI GS CIM 009, annex B: those names of the core context that stand where an attribute or type can stand.
CORE_TERMS: Mapping[str, str] = MappingProxyType(
    {
        **{
            name: NGSI + name
            for name in (
                *("location", "observationSpace", "operationSpace", "createdAt", "modifiedAt", "deletedAt"),
                *("observedAt", "unitCode", "datasetId", "instanceId", "scope", "geoproperty", "Property"),
                *("Relationship", "GeoProperty", "LanguageProperty", "VocabProperty", "JsonProperty"),
                *("ListProperty", "ListRelationship", "Subscription", "ContextSourceRegistration"),
            )
        },
        "title": "http://purl.org/dc/terms/title",
        "description": "http://purl.org/dc/terms/description",
    }
)
SUBJECT_BY_MODEL: Mapping[str, str] = {
    "Streetlight": "Streetlighting",
    "StreetlightGroup": "Streetlighting",
    "StreetlightControlCabinet": "Streetlighting",
    "StreetlightFeeder": "Streetlighting",
    "StreetlightModel": "Streetlighting",
    "ParkingSpot": "Parking",
    "OnStreetParking": "Parking",
    "OffStreetParking": "Parking",
    "ParkingGroup": "Parking",
    "WasteContainer": "WasteManagement",
    "WasteContainerIsle": "WasteManagement",
    "WasteObserved": "WasteManagement",
    "Building": "Building",
    "BuildingOperation": "Building",
    "IndoorEnvironmentObserved": "Environment",
    "ACMeasurement": "Energy",
    "ThreePhaseAcMeasurement": "Energy",
    "Device": "Device",
    "SmartMeteringObservation": "Device",
}
# Names of the models that say what a thing is, beside those that are measured (`sensors.smart_data_models`).
PLAIN_NAMES = (
    *("name", "address", "areaServed", "owner", "dataProvider", "source", "alternateName", "seeAlso", "category"),
    *("dateObserved", "dateLastEmptying", "refDevice", "refParkingSite", "refPointOfInterest", "refStreetlight"),
    *("controlledAsset", "controlledProperty", "serialNumber", "deviceState", "meterType", "meterCode"),
    *("binCapacity", "totalSpotNumber", "powerRating", "annotations", "lanternHeight", "image", "value"),
)


def model_iri(model: str) -> str:
    """Give the whole address of an entity type.

    >>> model_iri("ParkingSpot")
    'https://smartdatamodels.org/dataModel.Parking/ParkingSpot'
    """
    return f"{MODEL_ROOT}dataModel.{SUBJECT_BY_MODEL[model]}/{model}"


def camel(name: str) -> str:
    """Give a name of ours as attributes are named.

    >>> camel("control_gear_failure")
    'controlGearFailure'
    """
    head, *rest = name.split("_")
    return head + "".join(part.capitalize() for part in rest)


@cache
def model_terms() -> Mapping[str, str]:
    """Give the context that Vigie serves: types, their attributes, and what it tells beyond the models."""
    found = {camel(quantity): OWN_QUANTITY + quantity for quantity in QUANTITIES}
    for asset_type in asset_types().values():
        found |= {camel(fact.name): OWN_FACT + fact.name for fact in asset_type.attributes}
    for model in MODELS.values():
        found |= {name: MODEL_ROOT + name for name in model.rules}
    found |= {name: MODEL_ROOT + name for name in PLAIN_NAMES}
    found |= {model: model_iri(model) for model in MODELS}
    found |= {"territory": "urn:vigie:territory", "simulated": "urn:vigie:simulated"}
    return MappingProxyType({name: iri for name, iri in found.items() if name not in CORE_TERMS})
