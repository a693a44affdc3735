"""What of a territory clients of the SensorThings API wrote, in the order of writing; see `store.moved_tables`."""

from store.moved_table import TERRITORY, MovedTable

SENSORTHINGS = (
    MovedTable("st_things", "things of clients", "name description properties", TERRITORY, key="thing_id"),
    MovedTable(
        "st_features",
        "features of interest of clients",
        "name description encoding_type feature properties",
        TERRITORY,
        key="feature_id",
    ),
    MovedTable(
        "st_locations",
        "locations of clients",
        "name description encoding_type location properties",
        TERRITORY,
        {"feature_id": "st_features"},
        key="location_id",
    ),
    MovedTable("st_thing_locations", "where things are", "", {"thing_id": "st_things", "location_id": "st_locations"}),
    MovedTable("st_histories", "when things were put elsewhere", "at", {"thing_id": "st_things"}, key="history_id"),
    MovedTable(
        "st_history_locations", "where they were put", "", {"history_id": "st_histories", "location_id": "st_locations"}
    ),
    MovedTable(
        "st_sensors",
        "sensors of clients",
        "name description encoding_type metadata properties",
        TERRITORY,
        key="sensor_id",
    ),
    MovedTable(
        "st_properties",
        "observed properties of clients",
        "name definition description properties",
        TERRITORY,
        key="property_id",
    ),
    MovedTable(
        "st_datastreams",
        "datastreams of clients",
        "quantity name description observation_type unit observed_area properties data_types",
        TERRITORY,
        {
            "thing_id": "st_things",
            "asset_id": "assets",
            "sensor_id": "st_sensors",
            "device_id": "devices",
            "property_id": "st_properties",
        },
        key="datastream_id",
    ),
    MovedTable(
        "st_datastream_properties",
        "what MultiDatastreams observe",
        "place",
        {"datastream_id": "st_datastreams", "property_id": "st_properties"},
    ),
    MovedTable(
        "st_observations",
        "observations of clients",
        "phenomenon_at phenomenon_to result result_at quality valid_from valid_to parameters",
        {"datastream_id": "st_datastreams"},
        {"feature_id": "st_features", "asset_id": "assets"},
        key="observation_id",
    ),
)
