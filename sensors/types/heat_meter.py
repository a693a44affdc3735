"""A heat meter: energy, flow and both temperatures."""

from sensors.asset import AssetType, Attribute, Observed

TYPE = AssetType(
    name="heat_meter",
    name_en="Heat meter",
    name_fr="Compteur de chaleur",
    domain="building",
    quantities=(
        Observed("heat_energy", 3600),
        Observed("heat_power", 900),
        Observed("flow", 900),
        Observed("water_volume", 3600),
        Observed("water_temperature", 900, channel="flow"),
        Observed("water_temperature", 900, channel="return"),
    ),
    attributes=(
        Attribute("serial_number", "text", "Serial number", "Numéro de série"),
        Attribute("nominal_flow_m3_h", "number", "Nominal flow", "Débit nominal", "m3/h"),
    ),
    data_model="SmartMeteringObservation",
)
