"""A boiler with its heating circuit."""

from sensors.asset import AssetType, Attribute, Observed

TYPE = AssetType(
    name="boiler",
    name_en="Boiler",
    name_fr="Chaudière",
    domain="building",
    quantities=(
        Observed("boiler_on", None),
        Observed("water_temperature", 300, channel="flow"),
        Observed("water_temperature", 300, channel="return"),
        Observed("water_temperature", 300, channel="flow_setpoint"),
        Observed("burner_modulation", 300),
        Observed("start_count", 3600),
        Observed("operating_hours", 3600),
        Observed("flue_gas_temperature", 300),
        Observed("water_pressure", 3600),
        Observed("gas_volume", 3600),
        Observed("heat_energy", 3600),
        Observed("heat_power", 300),
        Observed("equipment_fault", None),
    ),
    attributes=(
        Attribute("nominal_power_kw", "number", "Nominal power", "Puissance nominale", "kW"),
        Attribute("fuel", "text", "Fuel", "Combustible"),
        Attribute("is_condensing", "boolean", "Condensing", "À condensation"),
        Attribute("installed_on", "date", "Installed on", "Mise en service"),
    ),
)
