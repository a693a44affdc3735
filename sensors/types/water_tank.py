"""A water tower or tank, or a body of water whose level is watched."""

from sensors.asset import AssetType, Attribute, Observed

TYPE = AssetType(
    name="water_tank",
    name_en="Water tank",
    name_fr="Réservoir d'eau",
    domain="water",
    quantities=(
        Observed("level", 900),
        Observed("flow", 900, channel="in"),
        Observed("flow", 900, channel="out"),
        Observed("free_chlorine", 3600),
        Observed("door", None),
    ),
    attributes=(
        Attribute("volume_m3", "number", "Volume", "Volume", "m3"),
        Attribute("overflow_level_m", "number", "Overflow level", "Niveau de trop-plein", "m"),
    ),
)
