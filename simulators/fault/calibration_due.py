"""A carbon dioxide sensor whose calibration runs out: its certificate, in the reference data, says since when."""

from simulators.effect import Effect

EFFECT = Effect(
    "calibration_due",
    "Calibration overdue",
    "Étalonnage échu",
    "building_zone",
    (7, 14),
    (30, 30),
    rank=1,
)
