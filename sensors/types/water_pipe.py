"""A water main or a stretch of it."""

from sensors.asset import AssetType, Attribute, Observed

TYPE = AssetType(
    name="water_pipe",
    name_en="Water pipe",
    name_fr="Conduite d'eau",
    domain="water",
    quantities=(
        Observed("flow", 900),
        Observed("water_pressure", 900),
        Observed("noise_level", 86400),
        Observed("water_temperature", 3600),
        Observed("leak", None),
        Observed("turbidity", 3600),
        Observed("conductivity", 3600),
        Observed("ph", 3600),
        Observed("free_chlorine", 3600),
    ),
    attributes=(
        Attribute("material", "text", "Material", "Matériau"),
        Attribute("laid_in", "number", "Year of laying", "Année de pose"),
        Attribute("length_m", "number", "Length", "Longueur", "m"),
        Attribute("diameter_mm", "number", "Diameter", "Diamètre", "mm"),
        Attribute("street", "text", "Street", "Rue"),
        Attribute("district", "text", "District", "Secteur"),
        Attribute("n_connections", "number", "Connections behind it", "Branchements en aval", "{connection}"),
        Attribute("night_use_m3_h", "number", "Night use of a connection", "Usage nocturne par branchement", "m3/h"),
        Attribute("meter_error_percent", "number", "Error of the meter", "Erreur du compteur", "%"),
        Attribute("n_past_breaks", "number", "Past breaks", "Ruptures passées", "{break}"),
    ),
)
