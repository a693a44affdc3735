"""A counter of people, in a street or at a door."""

from sensors.asset import AssetType, Attribute, Observed

TYPE = AssetType(
    name="people_counter",
    name_en="People counter",
    name_fr="Compteur de personnes",
    domain="mobility",
    quantities=(
        Observed("pedestrian_count", 900),
        Observed("entry_count", 900),
        Observed("exit_count", 900),
        Observed("people_present", 900),
    ),
    attributes=(
        Attribute("direction", "text", "Direction", "Sens"),
        Attribute("is_indoor", "boolean", "Indoor", "Intérieur"),
    ),
)
