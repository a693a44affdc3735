"""A section of road."""

from sensors.asset import AssetType, Attribute, Observed

TYPE = AssetType(
    name="road_section",
    name_en="Road section",
    name_fr="Section de route",
    domain="mobility",
    quantities=(
        Observed("surface_temperature", 600),
        Observed("surface_state", None),
        Observed("roughness", None),
        Observed("rut_depth", None),
        Observed("cracking", None),
        Observed("strain", 600),
        Observed("temperature", 600),
    ),
    attributes=(
        Attribute("length_m", "number", "Length", "Longueur", "m"),
        Attribute("width_m", "number", "Width", "Largeur", "m"),
        Attribute("surface_kind", "text", "Kind of surface", "Type de revêtement"),
        Attribute("resurfaced_on", "date", "Last resurfaced", "Dernière réfection"),
        Attribute("speed_limit_km_h", "number", "Speed limit", "Vitesse limite", "km/h"),
    ),
)
