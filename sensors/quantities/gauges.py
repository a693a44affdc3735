"""Gauges: what has a value at an instant and may go up and down.

Ranges say what is physically or technically possible on any equipment of that kind, not what is usual: a value outside
is a broken sensor or a wrong unit. A value inside may still be an anomaly, which is for `analytics` to find.
"""

# name, UCUM unit, lowest, highest, longest hold [s], English, French
GaugeRow = tuple[str, str, float, float, float, str, str]

MINUTES_15, HOUR, HOURS_3, DAY, WEEK = 900.0, 3600.0, 10800.0, 86400.0, 604800.0

ELECTRICITY: tuple[GaugeRow, ...] = (
    ("active_power", "W", -1e8, 1e8, HOUR, "Active power", "Puissance active"),  # negative: energy fed back
    ("reactive_power", "var", -1e8, 1e8, HOUR, "Reactive power", "Puissance réactive"),
    ("apparent_power", "V.A", 0, 1e8, HOUR, "Apparent power", "Puissance apparente"),
    ("voltage", "V", 0, 1000, HOUR, "Voltage", "Tension"),  # low voltage ends at 1000 V (IEC 60038)
    ("current", "A", -10000, 10000, HOUR, "Current", "Intensité"),
    ("power_factor", "1", -1, 1, HOUR, "Power factor", "Facteur de puissance"),
    ("frequency", "Hz", 0, 1000, HOUR, "Frequency", "Fréquence"),
    ("residual_current", "mA", 0, 100000, HOUR, "Residual current", "Courant de fuite"),
)

LIGHTING: tuple[GaugeRow, ...] = (
    ("dimming_level", "%", 0, 100, HOUR, "Dimming level", "Niveau de gradation"),
    ("dimming_command", "%", 0, 100, HOUR, "Dimming command", "Consigne de gradation"),
    ("gear_temperature", "Cel", -60, 150, HOUR, "Control gear temperature", "Température de l'appareillage"),
    ("illuminance", "lx", 0, 200000, HOUR, "Illuminance", "Éclairement"),  # full sun is about 130,000 lx
    ("color_temperature", "K", 1000, 20000, DAY, "Colour temperature", "Température de couleur"),
)

PARKING: tuple[GaugeRow, ...] = (
    ("free_places", "{place}", 0, 100000, HOUR, "Free places", "Places libres"),
    ("occupied_places", "{place}", 0, 100000, HOUR, "Occupied places", "Places occupées"),
    ("capacity", "{place}", 0, 100000, WEEK, "Capacity", "Capacité"),
    ("occupancy_ratio", "1", 0, 1.5, HOUR, "Occupancy ratio", "Taux d'occupation"),  # more cars than places happens
)

WASTE: tuple[GaugeRow, ...] = (
    ("fill_level", "%", 0, 120, 2 * DAY, "Fill level", "Taux de remplissage"),  # above 100: heaped over the rim
    ("fill_height", "cm", 0, 1000, 2 * DAY, "Fill height", "Hauteur de remplissage"),
    ("distance", "mm", 0, 100000, DAY, "Distance to the surface", "Distance à la surface"),
    ("weight", "kg", 0, 60000, DAY, "Weight", "Masse"),
    ("container_temperature", "Cel", -60, 1000, HOURS_3, "Container temperature", "Température du conteneur"),  # fire
    ("tilt", "deg", -180, 180, DAY, "Tilt", "Inclinaison"),
)

BUILDING: tuple[GaugeRow, ...] = (
    ("temperature", "Cel", -60, 125, HOUR, "Temperature", "Température"),
    ("relative_humidity", "%", 0, 100, HOUR, "Relative humidity", "Humidité relative"),
    ("humidity_ratio", "g/kg", 0, 100, HOUR, "Humidity ratio", "Humidité absolue"),
    ("co2", "[ppm]", 0, 40000, HOUR, "Carbon dioxide", "Dioxyde de carbone"),
    ("voc", "[ppb]", 0, 100000, HOUR, "Volatile organic compounds", "Composés organiques volatils"),
    ("pm2_5", "ug/m3", 0, 10000, HOUR, "Fine particles PM2.5", "Particules fines PM2,5"),
    ("pm10", "ug/m3", 0, 10000, HOUR, "Particles PM10", "Particules PM10"),
    ("sound_level", "dB", 0, 160, HOUR, "Sound level", "Niveau sonore"),
    ("people_present", "{person}", 0, 100000, HOUR, "People present", "Personnes présentes"),
    ("temperature_setpoint", "Cel", -60, 125, DAY, "Temperature set point", "Consigne de température"),
    ("air_temperature", "Cel", -60, 125, HOUR, "Air temperature in the duct", "Température de l'air en gaine"),
    ("damper_position", "%", 0, 100, HOUR, "Damper position", "Position du registre"),
    ("valve_position", "%", 0, 100, HOUR, "Valve position", "Position de la vanne"),
    ("fan_speed", "%", 0, 110, HOUR, "Fan speed", "Vitesse du ventilateur"),
    ("duct_static_pressure", "Pa", -5000, 5000, HOUR, "Duct static pressure", "Pression statique en gaine"),
    ("filter_pressure_drop", "Pa", -100, 5000, DAY, "Filter pressure drop", "Perte de charge du filtre"),
    ("air_flow", "m3/h", 0, 500000, HOUR, "Air flow", "Débit d'air"),
    ("water_temperature", "Cel", -30, 250, HOUR, "Water temperature", "Température de l'eau"),
    ("flue_gas_temperature", "Cel", -30, 600, HOUR, "Flue gas temperature", "Température des fumées"),
    ("burner_modulation", "%", 0, 100, HOUR, "Burner modulation", "Modulation du brûleur"),
    ("heat_power", "W", -1e8, 1e8, HOUR, "Heat power", "Puissance thermique"),
    ("door_cycle_duration", "s", 0, 600, DAY, "Door cycle duration", "Durée du cycle de porte"),
)

WATER: tuple[GaugeRow, ...] = (
    ("flow", "m3/h", -50000, 50000, HOUR, "Flow", "Débit"),  # negative: reverse flow
    ("water_pressure", "bar", -1, 100, HOUR, "Water pressure", "Pression d'eau"),
    ("level", "m", -100, 1000, HOUR, "Water level", "Niveau d'eau"),
    ("head", "m", -10, 1000, HOUR, "Pump head", "Hauteur manométrique"),
    ("rotation_speed", "/min", 0, 100000, HOUR, "Rotation speed", "Vitesse de rotation"),
    ("noise_level", "dB", 0, 200, DAY, "Leak noise level", "Niveau de bruit de fuite"),
    ("turbidity", "{NTU}", 0, 10000, HOUR, "Turbidity", "Turbidité"),
    ("conductivity", "uS/cm", 0, 200000, HOUR, "Conductivity", "Conductivité"),
    ("ph", "[pH]", 0, 14, HOUR, "Acidity", "pH"),
    ("free_chlorine", "mg/l", 0, 20, HOUR, "Free chlorine", "Chlore libre"),
)

STRUCTURE: tuple[GaugeRow, ...] = (
    ("vibration_velocity", "mm/s", 0, 1000, HOUR, "Vibration velocity (RMS)", "Vitesse vibratoire (efficace)"),
    ("acceleration", "m/s2", -5000, 5000, HOUR, "Acceleration", "Accélération"),
    ("bearing_temperature", "Cel", -60, 250, HOUR, "Bearing temperature", "Température du palier"),
    ("strain", "um/m", -100000, 100000, HOUR, "Strain", "Déformation"),
    ("displacement", "mm", -10000, 10000, HOUR, "Displacement", "Déplacement"),
    ("crack_width", "mm", -10, 1000, DAY, "Crack width", "Ouverture de fissure"),
    ("force", "kN", -1e6, 1e6, HOUR, "Force", "Effort"),
    ("natural_frequency", "Hz", 0, 1000, DAY, "Natural frequency", "Fréquence propre"),
    ("roughness", "m/km", 0, 50, 400 * DAY, "Roughness (IRI)", "Uni (IRI)"),  # surveyed once a year
    ("rut_depth", "mm", 0, 500, 400 * DAY, "Rut depth", "Profondeur d'ornière"),
    ("surface_temperature", "Cel", -60, 100, HOUR, "Surface temperature", "Température de surface"),
    ("mean_speed", "km/h", 0, 400, HOUR, "Mean speed", "Vitesse moyenne"),
    ("road_occupancy", "%", 0, 100, HOUR, "Road occupancy", "Taux d'occupation de la chaussée"),
)

WEATHER: tuple[GaugeRow, ...] = (
    ("wind_speed", "m/s", 0, 120, HOUR, "Wind speed", "Vitesse du vent"),  # record gust 113 m/s (WMO, Barrow Island)
    ("wind_gust", "m/s", 0, 120, HOUR, "Wind gust", "Rafale"),
    ("wind_direction", "deg", 0, 360, HOUR, "Wind direction", "Direction du vent"),
    ("rain_intensity", "mm/h", 0, 2000, HOUR, "Rain intensity", "Intensité de pluie"),
    ("solar_irradiance", "W/m2", -20, 2000, HOUR, "Solar irradiance", "Rayonnement solaire"),  # below 0: night offset
    ("air_pressure", "hPa", 300, 1100, HOURS_3, "Air pressure", "Pression atmosphérique"),
    ("dew_point", "Cel", -100, 60, HOUR, "Dew point", "Point de rosée"),
)

HOUSEKEEPING: tuple[GaugeRow, ...] = (
    ("battery_voltage", "V", 0, 60, DAY, "Battery voltage", "Tension de la pile"),
    ("battery_level", "%", 0, 100, 2 * DAY, "Battery level", "Niveau de la pile"),
    ("device_temperature", "Cel", -60, 125, HOURS_3, "Device temperature", "Température du boîtier"),
    ("rssi", "dB[mW]", -200, 30, DAY, "Received signal strength", "Puissance du signal reçu"),
    ("snr", "dB", -60, 60, DAY, "Signal to noise ratio", "Rapport signal sur bruit"),
    ("spreading_factor", "1", 5, 12, DAY, "Spreading factor", "Facteur d'étalement"),  # LoRa SF5 to SF12
    ("clock_offset", "s", -1e9, 1e9, DAY, "Clock offset", "Décalage d'horloge"),
    ("queue_length", "{message}", 0, 1e9, HOUR, "Messages waiting", "Messages en attente"),
    ("uptime", "s", 0, 1e10, DAY, "Uptime", "Temps depuis le démarrage"),
)

GAUGES: tuple[GaugeRow, ...] = (
    ELECTRICITY + LIGHTING + PARKING + WASTE + BUILDING + WATER + STRUCTURE + WEATHER + HOUSEKEEPING
)
