"""A room or zone of a building: comfort and use."""

from sensors.asset import AssetType, Attribute, Observed

TYPE = AssetType(
    name="building_zone",
    name_en="Building zone",
    name_fr="Zone de bâtiment",
    domain="building",
    quantities=(
        Observed("temperature", 600),
        Observed("relative_humidity", 600),
        Observed("humidity_ratio", 600),
        Observed("co2", 600),
        Observed("voc", 600),
        Observed("pm2_5", 600),
        Observed("pm10", 600),
        Observed("illuminance", 600),
        Observed("sound_level", 600),
        Observed("presence", None),
        Observed("people_present", 600),
        Observed("window", None),
        Observed("temperature_setpoint", 3600),
        Observed("occupancy_mode", None),
    ),
    attributes=(
        Attribute("floor_area_m2", "number", "Floor area", "Surface", "m2"),
        Attribute("seats", "number", "Seats", "Places assises", "{person}"),
        Attribute("use", "text", "Use", "Usage"),
        Attribute("floor", "number", "Floor", "Étage"),
        Attribute("co2_limit_ppm", "number", "CO2 that alerts", "CO2 d'alerte", "[ppm]"),
    ),
    data_model="IndoorEnvironmentObserved",
)
