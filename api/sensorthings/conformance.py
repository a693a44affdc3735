"""The service root: the entity sets and the requirement classes that are met."""

from store.sensorthings.model import SETS

REQUIREMENTS = "http://www.opengis.net/spec/iot_sensing/1.1/req/"
MET = (
    "datamodel",
    "resource-path/resource-path-to-entities",
    "request-data/status-codes",
    "request-data/query-status-codes",
    "request-data/order",
    "request-data/expand",
    "request-data/select",
    "request-data/orderby",
    "request-data/skip",
    "request-data/top",
    "request-data/count",
    "request-data/filter",
    "request-data/pagination",
    "data-array",
)


def service_root(root: str) -> dict[str, object]:
    """Write the service root."""
    return {
        "value": [{"name": name, "url": f"{root}/{name}"} for name in SETS],
        "serverSettings": {"conformance": [REQUIREMENTS + name for name in MET]},
    }
