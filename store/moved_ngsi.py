"""What of a territory clients of the NGSI-LD API wrote, in the order of writing; see `store.moved_tables`."""

from store.moved_table import TERRITORY, MovedTable

NGSI = (
    MovedTable(
        "ngsi_contexts", "contexts by which entities are read", "url kind body created_at", TERRITORY, key="context_id"
    ),
    MovedTable(
        "ngsi_entities",
        "entities of clients",
        "urn types scopes attributes is_temporal created_at modified_at",
        TERRITORY,
        key="entity_id",
    ),
    MovedTable(
        "ngsi_instances",
        "past and present values of their attributes",
        "attribute dataset body observed_at created_at modified_at",
        {"entity_id": "ngsi_entities"},
        key="instance_id",
    ),
)
