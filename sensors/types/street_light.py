"""A street light: one luminaire with its lamp or driver, on its pole."""

from sensors.asset import AssetType, Attribute, Observed

TYPE = AssetType(
    name="street_light",
    name_en="Street light",
    name_fr="Point lumineux",
    domain="lighting",
    quantities=(
        Observed("active_power", 900),
        Observed("active_energy", 3600),
        Observed("lamp_on", None),
        Observed("dimming_level", 900),
        Observed("dimming_command", None),
        Observed("operating_hours", 86400),
        Observed("switch_count", 86400),
        Observed("lamp_failure", None),
        Observed("relay_failure", None),
        Observed("control_gear_failure", None),
        Observed("day_burner", None),
        Observed("cycling_failure", None),
        Observed("thermal_shutdown", None),
        Observed("voltage", 900),
        Observed("current", 900),
        Observed("power_factor", 900),
        Observed("frequency", 900),
        Observed("gear_temperature", 900),
        Observed("illuminance", 900),
        Observed("tilt", 86400),
    ),
    attributes=(
        Attribute("nominal_power_w", "number", "Nominal power", "Puissance nominale", "W"),
        Attribute("power_before_w", "number", "Power before, with gear", "Puissance avant travaux, appareillage", "W"),
        Attribute("pole_height_m", "number", "Pole height", "Hauteur du mât", "m"),
        Attribute("lamp_kind", "text", "Lamp technology", "Technologie de lampe"),
        Attribute("luminaire_model", "text", "Luminaire model", "Modèle de luminaire"),
        Attribute("color_temperature_k", "number", "Colour temperature", "Température de couleur", "K"),
        Attribute("luminous_flux_lm", "number", "Luminous flux", "Flux lumineux", "lm"),
        Attribute("cabinet", "text", "Cabinet", "Armoire"),
        Attribute("installed_on", "date", "Installed on", "Mise en service"),
    ),
    data_model="Streetlight",
)
