"""How each route of NGSI-LD is asked rightly for what is a commune's."""

from collections.abc import Mapping

from tests.support.ask import Ask

OF_TENANT = {"NGSILD-Tenant": "{territory}"}
VALUE = {"type": "Property", "value": 2}
FRAGMENT = {"urn:note": VALUE}
ENTITY = {"id": "{urn}", "type": "urn:Building", **FRAGMENT}
SPAN = {"timerel": "after", "timeAt": "2026-01-01T00:00:00Z"}
PAST = {"urn:note": [{**VALUE, "observedAt": "2026-05-01T11:00:00Z"}]}
PLAIN, TENANT = Ask(), Ask(headers=OF_TENANT)
NGSI_ASKS: Mapping[str, Ask] = {
    "GET /ngsi-ld/v1/attributes": TENANT,
    "GET /ngsi-ld/v1/attributes/": TENANT,
    "GET /ngsi-ld/v1/attributes/{name:path}": TENANT,
    "GET /ngsi-ld/v1/entities": Ask({"id": "{urn}", "local": "true"}, headers=OF_TENANT),
    "POST /ngsi-ld/v1/entities": Ask(body={**ENTITY, "id": "{urn}-new"}, headers=OF_TENANT),
    "GET /ngsi-ld/v1/entities/": Ask({"id": "{urn}", "local": "true"}, headers=OF_TENANT),
    "POST /ngsi-ld/v1/entities/": Ask(body={**ENTITY, "id": "{urn}-new-slash"}, headers=OF_TENANT),
    "GET /ngsi-ld/v1/entities/{urn:path}": PLAIN,
    "PUT /ngsi-ld/v1/entities/{urn:path}": Ask(body=ENTITY),
    "PATCH /ngsi-ld/v1/entities/{urn:path}": Ask(body=FRAGMENT),
    "DELETE /ngsi-ld/v1/entities/{urn:path}": Ask(blanks={"urn": "spare_urn"}),
    "POST /ngsi-ld/v1/entities/{urn:path}/attrs": Ask(body=FRAGMENT),
    "PATCH /ngsi-ld/v1/entities/{urn:path}/attrs": Ask(body=FRAGMENT),
    "POST /ngsi-ld/v1/entities/{urn:path}/attrs/": Ask(body=FRAGMENT),
    "PATCH /ngsi-ld/v1/entities/{urn:path}/attrs/": Ask(body=FRAGMENT),
    "PATCH /ngsi-ld/v1/entities/{urn:path}/attrs/{name:path}": Ask(body=VALUE),
    "PUT /ngsi-ld/v1/entities/{urn:path}/attrs/{name:path}": Ask(body=VALUE),
    "DELETE /ngsi-ld/v1/entities/{urn:path}/attrs/{name:path}": PLAIN,
    "POST /ngsi-ld/v1/entityOperations/create": Ask(body=[{**ENTITY, "id": "{urn}-one-of-many"}], headers=OF_TENANT),
    "POST /ngsi-ld/v1/entityOperations/delete": Ask(body=["{third_urn}"], headers=OF_TENANT),
    "POST /ngsi-ld/v1/entityOperations/merge": Ask(body=[ENTITY], headers=OF_TENANT),
    "POST /ngsi-ld/v1/entityOperations/query": Ask(
        body={"type": "Query", "entities": [{"id": "{urn}", "type": "urn:Building"}]}, headers=OF_TENANT
    ),
    "POST /ngsi-ld/v1/entityOperations/update": Ask(body=[ENTITY], headers=OF_TENANT),
    "POST /ngsi-ld/v1/entityOperations/upsert": Ask(body=[ENTITY], headers=OF_TENANT),
    "GET /ngsi-ld/v1/jsonldContexts": TENANT,
    "POST /ngsi-ld/v1/jsonldContexts": Ask(body={"@context": {"a": "urn:a"}}, headers=OF_TENANT),
    "GET /ngsi-ld/v1/jsonldContexts/": TENANT,
    "POST /ngsi-ld/v1/jsonldContexts/": Ask(body={"@context": {"a": "urn:a"}}, headers=OF_TENANT),
    "GET /ngsi-ld/v1/jsonldContexts/{name:path}": Ask(blanks={"name": "context"}),
    "DELETE /ngsi-ld/v1/jsonldContexts/{name:path}": Ask(blanks={"name": "context"}),
    "GET /ngsi-ld/v1/temporal/entities": Ask({"id": "{urn}", "local": "true", **SPAN}, headers=OF_TENANT),
    "POST /ngsi-ld/v1/temporal/entities": Ask(
        body={**PAST, "id": "{urn}-past", "type": "urn:Building"}, headers=OF_TENANT
    ),
    "GET /ngsi-ld/v1/temporal/entities/": Ask({"id": "{urn}", "local": "true", **SPAN}, headers=OF_TENANT),
    "POST /ngsi-ld/v1/temporal/entities/": Ask(
        body={**PAST, "id": "{urn}-past-slash", "type": "urn:Building"}, headers=OF_TENANT
    ),
    "GET /ngsi-ld/v1/temporal/entities/{urn:path}": PLAIN,
    "DELETE /ngsi-ld/v1/temporal/entities/{urn:path}": Ask(blanks={"urn": "spare_urn"}),
    "POST /ngsi-ld/v1/temporal/entities/{urn:path}/attrs": Ask(body=PAST),
    "POST /ngsi-ld/v1/temporal/entities/{urn:path}/attrs/": Ask(body=PAST),
    "PATCH /ngsi-ld/v1/temporal/entities/{urn:path}/attrs/{name:path}": Ask(body=PAST, blanks={"name": "past_value"}),
    "DELETE /ngsi-ld/v1/temporal/entities/{urn:path}/attrs/{name:path}": PLAIN,
    "POST /ngsi-ld/v1/temporal/entityOperations/query": Ask(
        body={"type": "Query", "entities": [{"id": "{urn}", "type": "urn:Building"}], "temporalQ": SPAN},
        headers=OF_TENANT,
    ),
    "GET /ngsi-ld/v1/types": TENANT,
    "GET /ngsi-ld/v1/types/": TENANT,
    "GET /ngsi-ld/v1/types/{name:path}": Ask(blanks={"name": "type"}, headers=OF_TENANT),
}
# What clients have written in a commune, by what a route calls it: see every_row.sql.
NGSI_NAMES = {
    "urn": "urn:ngsi-ld:Building:{territory}",
    "spare_urn": "urn:ngsi-ld:Building:{territory}-2",
    "third_urn": "urn:ngsi-ld:Building:{territory}-3",
    "name": "urn:note",
    "type": "urn:Building",
    "context": "secret of {territory}",
}
NGSI_NUMBERS = {
    "instance_id": """
        select min(instance_id) from ngsi_instances join ngsi_entities using (entity_id)
        where territory_id = %(id)s and urn like 'urn:ngsi-ld:Building:%%' and urn !~ '-[0-9]$'
    """,
}
