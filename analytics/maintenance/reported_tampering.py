"""A device that reports that it was opened or torn off: it is the sensor that wants a visit, not what it watches."""

from analytics.maintenance.reported import TAMPERING, reported_hint

HINT = reported_hint("reported_tampering", TAMPERING)
