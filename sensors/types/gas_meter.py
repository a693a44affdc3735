"""A gas meter."""

from sensors.asset import AssetType, Attribute, Observed

TYPE = AssetType(
    name="gas_meter",
    name_en="Gas meter",
    name_fr="Compteur de gaz",
    domain="building",
    quantities=(
        Observed("gas_volume", 3600),
        Observed("pulse_count", 3600),
        Observed("battery_level", 86400),
    ),
    attributes=(
        Attribute("delivery_point", "text", "Delivery point (PCE)", "Point de comptage (PCE)"),
        Attribute("kwh_per_m3", "number", "Heat content", "Coefficient de conversion", "kW.h/m3"),
        Attribute("serial_number", "text", "Serial number", "Numéro de série"),
    ),
    data_model="SmartMeteringObservation",
)
