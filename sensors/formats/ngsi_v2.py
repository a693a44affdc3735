"""NGSIv2 entities and notifications of the Smart Data Models. See docs/reference/formats/ngsi.md."""

from sensors.ngsi import NgsiFormat

FORMAT = NgsiFormat("ngsi_v2", "ngsi-v2/+/entities")
