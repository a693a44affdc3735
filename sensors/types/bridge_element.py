"""A part of a bridge: bearing, span, pier, cable."""

from sensors.asset import AssetType, Attribute, Observed

TYPE = AssetType(
    name="bridge_element",
    name_en="Bridge element",
    name_fr="Élément de pont",
    domain="structure",
    quantities=(
        Observed("strain", 600),
        Observed("displacement", 600),
        Observed("tilt", 600),
        Observed("crack_width", 3600),
        Observed("force", 600),
        Observed("natural_frequency", 3600),
        Observed("acceleration", 600),
        Observed("temperature", 600),
        Observed("fault_label", None),
    ),
    attributes=(
        Attribute("element_kind", "text", "Kind of element", "Type d'élément"),
        Attribute("material", "text", "Material", "Matériau"),
        Attribute("span_m", "number", "Span", "Portée", "m"),
        Attribute("built_in", "number", "Year of construction", "Année de construction"),
        Attribute("displacement_limit_mm", "number", "Displacement that alerts", "Déplacement d'alerte", "mm"),
        Attribute("tilt_limit_deg", "number", "Tilt that alerts", "Inclinaison d'alerte", "deg"),
        Attribute("strain_limit_um_m", "number", "Strain that alerts", "Déformation d'alerte", "um/m"),
        Attribute("crack_width_limit_mm", "number", "Crack width that alerts", "Ouverture de fissure d'alerte", "mm"),
    ),
)
