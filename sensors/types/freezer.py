"""A freezer or cold room of a canteen, a hospital, a laboratory."""

from sensors.asset import AssetType, Attribute, Observed

TYPE = AssetType(
    name="freezer",
    name_en="Freezer",
    name_fr="Congélateur",
    domain="building",
    quantities=(
        Observed("temperature", 300),
        Observed("battery_voltage", 86400),
        Observed("battery_level", 86400),
    ),
    attributes=(
        Attribute("warmest_c", "number", "Warmest allowed", "Température maximale", "Cel"),
        Attribute("contents", "text", "Contents", "Contenu"),
    ),
)
