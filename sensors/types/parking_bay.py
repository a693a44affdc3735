"""A parking bay with its own sensor."""

from sensors.asset import AssetType, Attribute, Observed

TYPE = AssetType(
    name="parking_bay",
    name_en="Parking bay",
    name_fr="Place de stationnement",
    domain="parking",
    quantities=(
        Observed("occupancy", None),
        Observed("forbidden_parking", None),
        Observed("temperature", 3600),
        Observed("battery_voltage", 86400),
        Observed("battery_level", 86400),
    ),
    attributes=(
        Attribute(
            "bay_kind",
            "text",
            "Kind of bay (ordinary, disabled, delivery, charging)",
            "Type de place (ordinaire, PMR, livraison, recharge)",
        ),
        Attribute("longest_stay_min", "number", "Longest stay allowed", "Durée maximale autorisée", "min"),
        Attribute("is_paid", "boolean", "Paid", "Payante"),
    ),
    data_model="ParkingSpot",
)
