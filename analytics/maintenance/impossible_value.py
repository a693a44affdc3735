"""A sensor that gives what cannot be: values outside the range of their quantity, or no numbers at all.

The intake refuses them (`sensors.quantity` holds the ranges); here a device that keeps doing so is told (`refusals`).
"""

from analytics.maintenance.refusals import Advice, refusal_hint
from sensors.rejection import Reason

REASONS = (Reason.OUT_OF_RANGE, Reason.NOT_FINITE, Reason.NOT_A_NUMBER)
ADVICE = Advice(
    "check the probe and its wiring, and the unit that the device is set to.",
    "contrôler la sonde et son câblage, et l'unité réglée sur l'appareil.",
)

HINT = refusal_hint("impossible_value", REASONS, ADVICE)
