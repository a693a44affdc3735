"""A public building as a whole."""

from sensors.asset import AssetType, Attribute, Observed

TYPE = AssetType(
    name="building",
    name_en="Building",
    name_fr="Bâtiment",
    domain="building",
    quantities=(
        Observed("active_power", 600),
        Observed("active_energy", 600),
        Observed("heat_energy", 3600),
        Observed("gas_volume", 3600),
        Observed("water_volume", 3600),
        Observed("people_present", 600),
        Observed("temperature", 600, channel="outdoor"),
    ),
    attributes=(
        Attribute("floor_area_m2", "number", "Floor area", "Surface de plancher", "m2"),
        Attribute("heated_volume_m3", "number", "Heated volume", "Volume chauffé", "m3"),
        Attribute("use", "text", "Use", "Usage"),
        Attribute("built_in", "number", "Year of construction", "Année de construction"),
        Attribute("heating_energy", "text", "Heating energy", "Énergie de chauffage"),
        Attribute("energy_class", "text", "Energy class", "Classe énergétique"),
    ),
    data_model="Building",
)
