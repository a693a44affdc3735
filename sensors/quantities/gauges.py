"""Gauges: what has a value at an instant and may go up and down.

Ranges say what is physically or technically possible on any equipment of that kind, not what is usual: a value outside
is a broken sensor or a wrong unit. A value inside may still be an anomaly, which is for `analytics` to find.
"""

# name, UCUM unit, lowest, highest, longest hold [s], English, French
GaugeRow = tuple[str, str, float, float, float, str, str]

# A value stands for two ordinary intervals at least, so that one lost message leaves no hole
HOURS_2, HOURS_3, DAYS_2, WEEK, DAYS_400 = 7200.0, 10800.0, 172800.0, 604800.0, 34560000.0

ELECTRICITY: tuple[GaugeRow, ...] = (
    ("active_power", "W", -1e8, 1e8, HOURS_2, "Active power", "Puissance active"),  # negative: energy fed back
    ("reactive_power", "var", -1e8, 1e8, HOURS_2, "Reactive power", "Puissance réactive"),
    ("apparent_power", "V.A", 0, 1e8, HOURS_2, "Apparent power", "Puissance apparente"),
    ("voltage", "V", 0, 1000, HOURS_2, "Voltage", "Tension"),  # low voltage ends at 1000 V (IEC 60038)
    ("current", "A", -10000, 10000, HOURS_2, "Current", "Intensité"),
    ("power_factor", "1", -1, 1, HOURS_2, "Power factor", "Facteur de puissance"),
    ("frequency", "Hz", 0, 1000, HOURS_2, "Frequency", "Fréquence"),
    ("residual_current", "mA", 0, 100000, HOURS_2, "Residual current", "Courant de fuite"),
)

LIGHTING: tuple[GaugeRow, ...] = (
    ("dimming_level", "%", 0, 100, HOURS_2, "Dimming level", "Niveau de gradation"),
    ("dimming_command", "%", 0, 100, HOURS_2, "Dimming command", "Consigne de gradation"),
    ("gear_temperature", "Cel", -60, 150, HOURS_2, "Control gear temperature", "Température de l'appareillage"),
    ("illuminance", "lx", 0, 200000, HOURS_2, "Illuminance", "Éclairement"),  # full sun is about 130,000 lx
    ("color_temperature", "K", 1000, 20000, DAYS_2, "Colour temperature", "Température de couleur"),
)

PARKING: tuple[GaugeRow, ...] = (
    ("free_places", "{place}", 0, 100000, HOURS_2, "Free places", "Places libres"),
    ("occupied_places", "{place}", 0, 100000, HOURS_2, "Occupied places", "Places occupées"),
    ("capacity", "{place}", 0, 100000, WEEK, "Capacity", "Capacité"),
    ("occupancy_ratio", "1", 0, 1.5, HOURS_2, "Occupancy ratio", "Taux d'occupation"),  # more cars than places happens
)

WASTE: tuple[GaugeRow, ...] = (
    ("fill_level", "%", 0, 120, DAYS_2, "Fill level", "Taux de remplissage"),  # above 100: heaped over the rim
    ("fill_height", "cm", 0, 1000, DAYS_2, "Fill height", "Hauteur de remplissage"),
    ("distance", "mm", 0, 100000, DAYS_2, "Distance to the surface", "Distance à la surface"),
    ("weight", "kg", 0, 60000, DAYS_2, "Weight", "Masse"),
    ("container_temperature", "Cel", -60, 1000, HOURS_3, "Container temperature", "Température du conteneur"),  # fire
    ("tilt", "deg", -180, 180, DAYS_2, "Tilt", "Inclinaison"),
)

BUILDING: tuple[GaugeRow, ...] = (
    ("temperature", "Cel", -60, 125, HOURS_2, "Temperature", "Température"),
    ("relative_humidity", "%", 0, 100, HOURS_2, "Relative humidity", "Humidité relative"),
    ("humidity_ratio", "g/kg", 0, 100, HOURS_2, "Humidity ratio", "Humidité absolue"),
    ("co2", "[ppm]", 0, 40000, HOURS_2, "Carbon dioxide", "Dioxyde de carbone"),
    ("voc", "[ppb]", 0, 100000, HOURS_2, "Volatile organic compounds", "Composés organiques volatils"),
    ("pm2_5", "ug/m3", 0, 10000, HOURS_2, "Fine particles PM2.5", "Particules fines PM2,5"),
    ("pm10", "ug/m3", 0, 10000, HOURS_2, "Particles PM10", "Particules PM10"),
    ("sound_level", "dB", 0, 160, HOURS_2, "Sound level", "Niveau sonore"),
    ("people_present", "{person}", 0, 100000, HOURS_2, "People present", "Personnes présentes"),
    ("temperature_setpoint", "Cel", -60, 125, DAYS_2, "Temperature set point", "Consigne de température"),
    ("air_temperature", "Cel", -60, 125, HOURS_2, "Air temperature in the duct", "Température de l'air en gaine"),
    ("damper_position", "%", 0, 100, HOURS_2, "Damper position", "Position du registre"),
    ("valve_position", "%", 0, 100, HOURS_2, "Valve position", "Position de la vanne"),
    ("fan_speed", "%", 0, 110, HOURS_2, "Fan speed", "Vitesse du ventilateur"),
    ("duct_static_pressure", "Pa", -5000, 5000, HOURS_2, "Duct static pressure", "Pression statique en gaine"),
    ("filter_pressure_drop", "Pa", -100, 5000, DAYS_2, "Filter pressure drop", "Perte de charge du filtre"),
    ("air_flow", "m3/h", 0, 500000, HOURS_2, "Air flow", "Débit d'air"),
    ("water_temperature", "Cel", -30, 250, HOURS_2, "Water temperature", "Température de l'eau"),
    ("flue_gas_temperature", "Cel", -30, 600, HOURS_2, "Flue gas temperature", "Température des fumées"),
    ("burner_modulation", "%", 0, 100, HOURS_2, "Burner modulation", "Modulation du brûleur"),
    ("heat_power", "W", -1e8, 1e8, HOURS_2, "Heat power", "Puissance thermique"),
    ("door_cycle_duration", "s", 0, 600, DAYS_2, "Door cycle duration", "Durée du cycle de porte"),
)

WATER: tuple[GaugeRow, ...] = (
    ("flow", "m3/h", -50000, 50000, HOURS_2, "Flow", "Débit"),  # negative: reverse flow
    ("water_pressure", "bar", -1, 100, HOURS_2, "Water pressure", "Pression d'eau"),
    ("level", "m", -100, 1000, HOURS_2, "Water level", "Niveau d'eau"),
    ("head", "m", -10, 1000, HOURS_2, "Pump head", "Hauteur manométrique"),
    ("rotation_speed", "/min", 0, 100000, HOURS_2, "Rotation speed", "Vitesse de rotation"),
    ("noise_level", "dB", 0, 200, DAYS_2, "Leak noise level", "Niveau de bruit de fuite"),
    ("turbidity", "{NTU}", 0, 10000, HOURS_2, "Turbidity", "Turbidité"),
    ("conductivity", "uS/cm", 0, 200000, HOURS_2, "Conductivity", "Conductivité"),
    ("ph", "[pH]", 0, 14, HOURS_2, "Acidity", "pH"),
    ("free_chlorine", "mg/l", 0, 20, HOURS_2, "Free chlorine", "Chlore libre"),
)

STRUCTURE: tuple[GaugeRow, ...] = (
    ("vibration_velocity", "mm/s", 0, 1000, HOURS_2, "Vibration velocity (RMS)", "Vitesse vibratoire (efficace)"),
    ("vibration_envelope", "m/s2", 0, 5000, HOURS_2, "Vibration envelope", "Enveloppe de vibration"),
    ("acceleration", "m/s2", -5000, 5000, HOURS_2, "Acceleration", "Accélération"),
    ("bearing_temperature", "Cel", -60, 250, HOURS_2, "Bearing temperature", "Température du palier"),
    ("strain", "um/m", -100000, 100000, HOURS_2, "Strain", "Déformation"),
    ("displacement", "mm", -10000, 10000, HOURS_2, "Displacement", "Déplacement"),
    ("crack_width", "mm", -10, 1000, DAYS_2, "Crack width", "Ouverture de fissure"),
    ("force", "kN", -1e6, 1e6, HOURS_2, "Force", "Effort"),
    ("natural_frequency", "Hz", 0, 1000, DAYS_2, "Natural frequency", "Fréquence propre"),
    ("roughness", "m/km", 0, 50, DAYS_400, "Roughness (IRI)", "Uni (IRI)"),  # surveyed once a year
    ("rut_depth", "mm", 0, 500, DAYS_400, "Rut depth", "Profondeur d'ornière"),
    ("cracking", "%", 0, 100, DAYS_400, "Cracked share of the surface", "Part de surface fissurée"),
    ("surface_temperature", "Cel", -60, 100, HOURS_2, "Surface temperature", "Température de surface"),
    ("mean_speed", "km/h", 0, 400, HOURS_2, "Mean speed", "Vitesse moyenne"),
    ("road_occupancy", "%", 0, 100, HOURS_2, "Road occupancy", "Taux d'occupation de la chaussée"),
)

WEATHER: tuple[GaugeRow, ...] = (
    ("wind_speed", "m/s", 0, 120, HOURS_2, "Wind speed", "Vitesse du vent"),  # record gust 113 m/s (WMO, Barrow Island)
    ("wind_gust", "m/s", 0, 120, HOURS_2, "Wind gust", "Rafale"),
    ("wind_direction", "deg", 0, 360, HOURS_2, "Wind direction", "Direction du vent"),
    ("rain_intensity", "mm/h", 0, 2000, HOURS_2, "Rain intensity", "Intensité de pluie"),
    (
        "solar_irradiance",
        "W/m2",
        -20,
        2000,
        HOURS_2,
        "Solar irradiance",
        "Rayonnement solaire",
    ),  # below 0: night offset
    ("air_pressure", "hPa", 300, 1100, HOURS_3, "Air pressure", "Pression atmosphérique"),
    ("dew_point", "Cel", -100, 60, HOURS_2, "Dew point", "Point de rosée"),
    # One value a civil day, at its midnight, as weather services publish them
    ("temperature_day_min", "Cel", -60, 60, DAYS_2, "Lowest temperature of the day", "Température minimale du jour"),
    ("temperature_day_max", "Cel", -60, 60, DAYS_2, "Highest temperature of the day", "Température maximale du jour"),
    ("temperature_day_mean", "Cel", -60, 60, DAYS_2, "Mean temperature of the day", "Température moyenne du jour"),
)

HOUSEKEEPING: tuple[GaugeRow, ...] = (
    ("battery_voltage", "V", 0, 60, DAYS_2, "Battery voltage", "Tension de la pile"),
    ("battery_level", "%", 0, 100, DAYS_2, "Battery level", "Niveau de la pile"),
    ("device_temperature", "Cel", -60, 125, HOURS_3, "Device temperature", "Température du boîtier"),
    ("rssi", "dB[mW]", -200, 30, DAYS_2, "Received signal strength", "Puissance du signal reçu"),
    ("snr", "dB", -60, 60, DAYS_2, "Signal to noise ratio", "Rapport signal sur bruit"),
    ("spreading_factor", "1", 5, 12, DAYS_2, "Spreading factor", "Facteur d'étalement"),  # LoRa SF5 to SF12
    ("clock_offset", "s", -1e9, 1e9, DAYS_2, "Clock offset", "Décalage d'horloge"),
    ("queue_length", "{message}", 0, 1e9, HOURS_2, "Messages waiting", "Messages en attente"),
    ("uptime", "s", 0, 1e10, DAYS_2, "Uptime", "Temps depuis le démarrage"),
)

GAUGES: tuple[GaugeRow, ...] = (
    ELECTRICITY + LIGHTING + PARKING + WASTE + BUILDING + WATER + STRUCTURE + WEATHER + HOUSEKEEPING
)
