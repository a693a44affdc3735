"""A pump with its motor."""

from sensors.asset import AssetType, Attribute, Observed

TYPE = AssetType(
    name="pump",
    name_en="Pump",
    name_fr="Pompe",
    domain="water",
    quantities=(
        Observed("pump_on", None),
        Observed("flow", 900),
        Observed("water_pressure", 900, channel="inlet"),
        Observed("water_pressure", 900, channel="outlet"),
        Observed("head", 900),
        Observed("current", 900),
        Observed("current", 900, channel="l1"),
        Observed("current", 900, channel="l2"),
        Observed("current", 900, channel="l3"),
        Observed("voltage", 900),
        Observed("active_power", 900),
        Observed("active_energy", 3600),
        Observed("rotation_speed", 900),
        Observed("vibration_velocity", 900),
        Observed("vibration_envelope", 900),
        Observed("acceleration", 900),
        Observed("bearing_temperature", 900),
        Observed("start_count", 3600),
        Observed("operating_hours", 3600),
        Observed("equipment_fault", None),
        Observed("fault_label", None),
    ),
    attributes=(
        Attribute("nominal_power_kw", "number", "Nominal power", "Puissance nominale", "kW"),
        Attribute("nominal_flow_m3_h", "number", "Nominal flow", "Débit nominal", "m3/h"),
        Attribute("nominal_head_m", "number", "Nominal head", "Hauteur nominale", "m"),
        Attribute("installed_on", "date", "Installed on", "Mise en service"),
    ),
)
