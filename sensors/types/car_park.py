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
        Attribute("national_id", "text", "National identifier (INSEE-P-nnn)", "Identifiant national (INSEE-P-nnn)"),
        Attribute("siret", "text", "SIRET of who runs it", "SIRET du gestionnaire"),
        Attribute("height_cm", "number", "Highest vehicle", "Hauteur maximale", "cm"),
        Attribute("is_for_subscribers", "boolean", "For subscribers only", "Réservé aux abonnés"),
        Attribute("address", "text", "Address", "Adresse"),
    ),
    data_model="OffStreetParking",
)
