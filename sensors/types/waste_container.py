"""A waste container, above ground or buried, with a level sensor."""

from sensors.asset import AssetType, Attribute, Observed

TYPE = AssetType(
    name="waste_container",
    name_en="Waste container",
    name_fr="Conteneur de déchets",
    domain="waste",
    quantities=(
        Observed("fill_level", 3600),
        Observed("fill_height", 3600),
        Observed("distance", 3600),
        Observed("weight", 3600),
        Observed("container_temperature", 3600),
        Observed("tilt", None),
        Observed("container_state", None),
        Observed("lid", None),
        Observed("temperature_alarm", None),
        Observed("out_of_location", None),
        Observed("emptying_count", None),
        Observed("battery_voltage", 86400),
        Observed("battery_level", 86400),
    ),
    attributes=(
        Attribute("capacity_l", "number", "Capacity", "Capacité", "l"),
        Attribute("depth_cm", "number", "Depth", "Profondeur", "cm"),
        Attribute("waste_stream", "text", "Waste stream", "Flux de déchets"),
        Attribute("full_at_percent", "number", "To be emptied from", "À vider à partir de", "%"),
        Attribute("is_buried", "boolean", "Buried", "Enterré"),
        Attribute("address", "text", "Address", "Adresse"),
        Attribute("open_from", "text", "Can be reached from (HH:MM)", "Accessible à partir de (HH:MM)"),
        Attribute("open_to", "text", "Can be reached until (HH:MM)", "Accessible jusqu’à (HH:MM)"),
        Attribute("service_s", "number", "Time to empty it", "Durée de la collecte", "s"),
    ),
    data_model="WasteContainer",
)
