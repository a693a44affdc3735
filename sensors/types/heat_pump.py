"""A heat pump with its heating circuit."""

from sensors.asset import AssetType, Attribute, Observed

TYPE = AssetType(
    name="heat_pump",
    name_en="Heat pump",
    name_fr="Pompe à chaleur",
    domain="building",
    quantities=(
        Observed("active_energy", 3600),
        Observed("active_power", 300),
        Observed("heat_energy", 3600),
        Observed("heat_power", 300),
        Observed("water_temperature", 300, channel="flow"),
        Observed("water_temperature", 300, channel="return"),
        Observed("start_count", 3600),
        Observed("operating_hours", 3600),
        Observed("equipment_fault", None),
    ),
    attributes=(
        Attribute("nominal_power_kw", "number", "Nominal power", "Puissance nominale", "kW"),
        Attribute("source", "text", "Source of heat", "Source de chaleur"),
        Attribute("refrigerant", "text", "Refrigerant", "Fluide frigorigène"),
        Attribute("installed_on", "date", "Installed on", "Mise en service"),
    ),
)
