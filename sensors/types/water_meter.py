"""A water meter."""

from sensors.asset import AssetType, Attribute, Observed

TYPE = AssetType(
    name="water_meter",
    name_en="Water meter",
    name_fr="Compteur d'eau",
    domain="water",
    quantities=(
        Observed("water_volume", 3600),
        Observed("reverse_water_volume", 86400),
        Observed("flow", 3600),
        Observed("leak", None),
        Observed("tamper", None),
        Observed("battery_level", 86400),
    ),
    attributes=(
        Attribute("nominal_diameter_mm", "number", "Nominal diameter", "Diamètre nominal", "mm"),
        Attribute("n_connections", "number", "Connections behind it", "Branchements en aval", "{connection}"),
        Attribute("night_use_m3_h", "number", "Night use of a connection", "Usage nocturne par branchement", "m3/h"),
        Attribute("meter_error_percent", "number", "Error of the meter", "Erreur du compteur", "%"),
        Attribute("serial_number", "text", "Serial number", "Numéro de série"),
        Attribute("use", "text", "Use", "Usage"),
    ),
    data_model="SmartMeteringObservation",
)
