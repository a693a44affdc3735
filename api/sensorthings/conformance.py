"""The service root: the entity sets and the requirement classes that are met."""

from collections.abc import Sequence

from store.sensorthings.model import SETS

REQUIREMENTS = "http://www.opengis.net/spec/iot_sensing/1.1/req/"
MET = (
    "datamodel",
    "resource-path/resource-path-to-entities",
    "request-data",
    "request-data/status-code",
    "request-data/query-status-code",
    "request-data/order",
    "request-data/expand",
    "request-data/select",
    "request-data/orderby",
    "request-data/skip",
    "request-data/top",
    "request-data/count",
    "request-data/filter",
    "request-data/built-in-filter-operations",
    "request-data/built-in-query-functions",
    "request-data/pagination",
    "create-update-delete",
    "create-update-delete/create-entity",
    "create-update-delete/link-to-existing-entities",
    "create-update-delete/deep-insert",
    "create-update-delete/deep-insert-status-code",
    "create-update-delete/update-entity",
    "create-update-delete/update-entity-put",
    "create-update-delete/update-entity-jsonpatch",
    "create-update-delete/delete-entity",
    "create-update-delete/historical-location-auto-creation",
    "create-update-delete/historical-location-manual-creation",
    "multi-datastream",
    "multi-datastream/properties",
    "multi-datastream/relations",
    "multi-datastream/constraints",
    "data-array",
    "data-array/data-array",
)
OVER_MQTT = "create-observations-via-mqtt/observations-creation"


def service_root(root: str, mqtt_endpoints: Sequence[str] = ()) -> dict[str, object]:
    """Write the service root; that observations are taken over MQTT is said where clients can be told of a broker."""
    settings: dict[str, object] = {"conformance": [REQUIREMENTS + name for name in MET]}
    if mqtt_endpoints:
        settings = {
            "conformance": [REQUIREMENTS + name for name in (*MET, OVER_MQTT)],
            REQUIREMENTS + OVER_MQTT: {"endpoints": [*mqtt_endpoints]},
        }
    return {"value": [{"name": name, "url": f"{root}/{name}"} for name in SETS], "serverSettings": settings}
