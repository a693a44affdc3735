"""A weather station."""

from sensors.asset import AssetType, Attribute, Observed

TYPE = AssetType(
    name="weather_station",
    name_en="Weather station",
    name_fr="Station météo",
    domain="weather",
    quantities=(
        Observed("temperature", 600),
        Observed("relative_humidity", 600),
        Observed("wind_speed", 600),
        Observed("wind_gust", 600),
        Observed("wind_direction", 600),
        Observed("rain_depth", 600),
        Observed("rain_intensity", 600),
        Observed("solar_irradiance", 600),
        Observed("illuminance", 600),
        Observed("air_pressure", 600),
        Observed("dew_point", 600),
        Observed("pm2_5", 600),
        Observed("pm10", 600),
        Observed("lightning_count", 3600),
        Observed("temperature_day_min", 86400),
        Observed("temperature_day_max", 86400),
        Observed("temperature_day_mean", 86400),
    ),
    attributes=(
        Attribute("altitude_m", "number", "Altitude", "Altitude", "m"),
        Attribute("sensor_height_m", "number", "Height of the sensors", "Hauteur des capteurs", "m"),
        Attribute("operator", "text", "Operator", "Exploitant"),
    ),
)
