-- name: lock_entity
select entity_id as key, urn, types, scopes, attributes, is_temporal, created_at, modified_at
from ngsi_entities
where territory_id = %(territory_id)s and urn = %(urn)s
for update

-- name: insert_entity
insert into ngsi_entities (territory_id, urn, types, scopes, attributes, is_temporal, created_at, modified_at)
values (%(territory_id)s, %(urn)s, %(types)s, %(scopes)s, %(attributes)s, %(is_temporal)s, %(at)s, %(at)s)
on conflict (territory_id, urn) do nothing
returning entity_id as key

-- name: update_entity
update ngsi_entities
set types = %(types)s, scopes = %(scopes)s, attributes = %(attributes)s, is_temporal = %(is_temporal)s,
    created_at = case when %(is_new)s then %(at)s else created_at end, modified_at = %(at)s
where entity_id = %(key)s

-- name: delete_entity
delete from ngsi_entities where entity_id = %(key)s

-- name: insert_instances
insert into ngsi_instances (entity_id, attribute, dataset, body, observed_at)
select %(key)s, attribute, dataset, body::jsonb, observed_at
from unnest(%(attributes)s::text[], %(datasets)s::text[], %(bodies)s::text[], %(observed)s::timestamptz[])
    as one (attribute, dataset, body, observed_at)

-- name: delete_instances
-- Of one attribute, of one dataset, or one alone.
delete from ngsi_instances
where entity_id = %(key)s
  and (%(attribute)s::text is null or attribute = %(attribute)s)
  and (%(dataset)s::text is null or dataset = %(dataset)s)
  and (%(instance_id)s::bigint is null or instance_id = %(instance_id)s)

-- name: update_instance
update ngsi_instances
set body = %(body)s, dataset = %(dataset)s, observed_at = %(observed_at)s, modified_at = now()
where entity_id = %(key)s and attribute = %(attribute)s and instance_id = %(instance_id)s
