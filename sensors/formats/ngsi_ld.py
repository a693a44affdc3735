"""NGSI-LD entities and notifications of the Smart Data Models. See docs/reference/formats/ngsi.md."""

from sensors.ngsi import NgsiFormat

FORMAT = NgsiFormat("ngsi_ld", "ngsi-ld/+/entities")
