"""A counter of vehicles; directions are channels."""

from sensors.asset import AssetType, Attribute, Observed

TYPE = AssetType(
    name="traffic_counter",
    name_en="Traffic counter",
    name_fr="Compteur de trafic",
    domain="mobility",
    quantities=(
        Observed("vehicle_count", 900),
        Observed("heavy_vehicle_count", 900),
        Observed("bicycle_count", 900),
        Observed("mean_speed", 900),
        Observed("road_occupancy", 900),
    ),
    attributes=(
        Attribute("direction", "text", "Direction", "Sens"),
        Attribute("n_lanes", "number", "Lanes", "Voies", "{lane}"),
    ),
)
