"""A car park counted as a whole."""

from sensors.asset import AssetType, Attribute, Observed

TYPE = AssetType(
    name="car_park",
    name_en="Car park",
    name_fr="Parc de stationnement",
    domain="parking",
    quantities=(
        Observed("free_places", 300),
        Observed("occupied_places", 300),
        Observed("capacity", 86400),
        Observed("occupancy_ratio", 300),
        Observed("vehicle_entry_count", 300),
        Observed("vehicle_exit_count", 300),
    ),
    attributes=(
        Attribute("n_places", "number", "Number of places", "Nombre de places", "{place}"),
        Attribute("n_disabled_places", "number", "Places for disabled people", "Places PMR", "{place}"),
        Attribute("is_paid", "boolean", "Paid", "Payant"),
        Attribute("operator", "text", "Operator", "Exploitant"),
    ),
    data_model="OffStreetParking",
)
