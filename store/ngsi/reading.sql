-- Branches: 0 assets, 1 devices, 2 what clients wrote. Addresses of assets and devices are made of their slugs here, so
-- that they can be asked for; `types`, `models` and `iris` say side by side which asset type is which entity type.

-- name: list_entities
with registry as (
    select type, model, iri
    from unnest(%(types)s::text[], %(models)s::text[], %(iris)s::text[]) as r (type, model, iri)
), found as (
    select 0 as branch, a.asset_id::bigint as key, concat_ws(':', 'urn:ngsi-ld', r.model, t.slug, a.slug) as urn,
           jsonb_build_array(r.iri) as types
    from assets a
    join territories t using (territory_id)
    join registry r on r.type = a.type
    where a.retired_at is null
    union all
    select 1, d.device_id, concat_ws(':', 'urn:ngsi-ld:Device', t.slug, d.external_id),
           jsonb_build_array(%(device_iri)s::text)
    from devices d
    join territories t using (territory_id)
    where d.state in ('accepted', 'active')
    union all
    select 2, x.entity_id, x.urn, to_jsonb(x.types)
    from ngsi_entities x
    where case when %(temporal)s then x.is_temporal else x.attributes is not null end
)
select branch, key, urn
from found
where (branch, key) > (%(after_branch)s, %(after_key)s)
  and (%(groups)s::jsonb is null
       or exists (select from jsonb_array_elements(%(groups)s::jsonb) as wanted (names) where types @> names))
  and (%(ids)s::text[] is null or urn = any (%(ids)s::text[]))
  and (%(pattern)s::text is null or urn ~ %(pattern)s)
order by branch, key
limit %(n)s offset %(offset)s

-- name: count_entities
with registry as (
    select type, model, iri
    from unnest(%(types)s::text[], %(models)s::text[], %(iris)s::text[]) as r (type, model, iri)
), found as (
    select concat_ws(':', 'urn:ngsi-ld', r.model, t.slug, a.slug) as urn, jsonb_build_array(r.iri) as types
    from assets a
    join territories t using (territory_id)
    join registry r on r.type = a.type
    where a.retired_at is null
    union all
    select concat_ws(':', 'urn:ngsi-ld:Device', t.slug, d.external_id), jsonb_build_array(%(device_iri)s::text)
    from devices d
    join territories t using (territory_id)
    where d.state in ('accepted', 'active')
    union all
    select x.urn, to_jsonb(x.types)
    from ngsi_entities x
    where case when %(temporal)s then x.is_temporal else x.attributes is not null end
)
select count(*) as n
from found
where (%(groups)s::jsonb is null
       or exists (select from jsonb_array_elements(%(groups)s::jsonb) as wanted (names) where types @> names))
  and (%(ids)s::text[] is null or urn = any (%(ids)s::text[]))
  and (%(pattern)s::text is null or urn ~ %(pattern)s)

-- name: read_assets
select a.asset_id as key, t.slug as territory, a.slug, a.name, a.type, a.longitude, a.latitude, a.attributes,
       a.created_at, p.type as parent_type, p.slug as parent_slug, pt.slug as parent_territory
from assets a
join territories t using (territory_id)
left join assets p on p.asset_id = a.parent_id
left join territories pt on pt.territory_id = p.territory_id
where a.asset_id = any (%(keys)s::int[])

-- name: read_devices
select d.device_id as key, t.slug as territory, d.external_id as slug, d.name, d.model, d.state, d.created_at,
       a.type as asset_type, a.slug as asset_slug, at.slug as asset_territory
from devices d
join territories t using (territory_id)
left join placements p on p.device_id = d.device_id and p.channel = '*' and p.period @> now()
left join assets a on a.asset_id = p.asset_id
left join territories at on at.territory_id = a.territory_id
where d.device_id = any (%(keys)s::int[])

-- name: read_own
select entity_id as key, urn, types, scopes, attributes, created_at, modified_at
from ngsi_entities
where entity_id = any (%(keys)s::bigint[])

-- name: read_asset_values
-- The newest value of each quantity and channel, of what tells of the asset now.
select distinct on (sa.asset_id, s.quantity, s.channel) sa.asset_id as key, s.quantity, s.channel, s.is_simulated,
       l.observed_at, l.value
from series_assets sa
join series s using (series_id)
join last_values l using (series_id)
where sa.asset_id = any (%(keys)s::int[]) and sa.period @> now()
order by sa.asset_id, s.quantity, s.channel, l.observed_at desc

-- name: read_device_values
select distinct on (s.device_id, s.quantity, s.channel) s.device_id as key, s.quantity, s.channel, s.is_simulated,
       l.observed_at, l.value
from series s
join last_values l using (series_id)
where s.device_id = any (%(keys)s::int[]) and s.quantity = any (%(quantities)s::text[])
order by s.device_id, s.quantity, s.channel, l.observed_at desc

-- name: read_asset_past_oldest
select sa.asset_id as key, s.quantity, s.channel, s.is_simulated, m.observed_at, m.value
from series_assets sa
join series s using (series_id)
cross join lateral (
    select pm.observed_at, pm.value
    from plain_measurements pm
    where pm.series_id = s.series_id and pm.observed_at >= %(from)s and pm.observed_at < %(to)s
      and sa.period @> pm.observed_at
    order by pm.observed_at
    limit %(n)s
) as m
where sa.asset_id = any (%(keys)s::int[])
  and (%(quantities)s::text[] is null or s.quantity = any (%(quantities)s::text[]))
order by sa.asset_id, s.quantity, s.channel, m.observed_at
limit %(most)s

-- name: read_asset_past_newest
select sa.asset_id as key, s.quantity, s.channel, s.is_simulated, m.observed_at, m.value
from series_assets sa
join series s using (series_id)
cross join lateral (
    select pm.observed_at, pm.value
    from plain_measurements pm
    where pm.series_id = s.series_id and pm.observed_at >= %(from)s and pm.observed_at < %(to)s
      and sa.period @> pm.observed_at
    order by pm.observed_at desc
    limit %(n)s
) as m
where sa.asset_id = any (%(keys)s::int[])
  and (%(quantities)s::text[] is null or s.quantity = any (%(quantities)s::text[]))
order by sa.asset_id, s.quantity, s.channel, m.observed_at
limit %(most)s

-- name: read_device_past_oldest
select s.device_id as key, s.quantity, s.channel, s.is_simulated, m.observed_at, m.value
from series s
cross join lateral (
    select pm.observed_at, pm.value
    from plain_measurements pm
    where pm.series_id = s.series_id and pm.observed_at >= %(from)s and pm.observed_at < %(to)s
    order by pm.observed_at
    limit %(n)s
) as m
where s.device_id = any (%(keys)s::int[]) and s.quantity = any (%(quantities)s::text[])
order by s.device_id, s.quantity, s.channel, m.observed_at
limit %(most)s

-- name: read_device_past_newest
select s.device_id as key, s.quantity, s.channel, s.is_simulated, m.observed_at, m.value
from series s
cross join lateral (
    select pm.observed_at, pm.value
    from plain_measurements pm
    where pm.series_id = s.series_id and pm.observed_at >= %(from)s and pm.observed_at < %(to)s
    order by pm.observed_at desc
    limit %(n)s
) as m
where s.device_id = any (%(keys)s::int[]) and s.quantity = any (%(quantities)s::text[])
order by s.device_id, s.quantity, s.channel, m.observed_at
limit %(most)s

-- name: read_instances
-- `at` is the time that is asked about; without a span those without it come along.
with timed as (
    select i.entity_id as key, i.instance_id, i.attribute, i.dataset, i.body, i.created_at, i.modified_at,
           case %(time_property)s when 'observedAt' then i.observed_at when 'createdAt' then i.created_at
                                  else i.modified_at end as at
    from ngsi_instances i
    where i.entity_id = any (%(keys)s::bigint[])
      and (%(attributes)s::text[] is null or i.attribute = any (%(attributes)s::text[]))
), numbered as (
    select timed.*, row_number() over (partition by key, attribute order by at, instance_id) as number,
           row_number() over (partition by key, attribute order by at desc nulls last, instance_id desc) as number_back
    from timed
    where (at >= %(from)s and at < %(to)s) or (at is null and not %(is_timed)s)
)
select key, instance_id, attribute, dataset, body, created_at, modified_at, at
from numbered
where case when %(newest)s then number_back else number end <= %(n)s
order by key, attribute, at nulls first, instance_id
limit %(most)s

-- name: count_asset_types
select type, count(*) as n
from assets
where retired_at is null
group by type
order by type

-- name: count_asset_quantities
select a.type, s.quantity, count(distinct a.asset_id) as n
from assets a
join series_assets sa on sa.asset_id = a.asset_id and sa.period @> now()
join series s using (series_id)
where a.retired_at is null
group by a.type, s.quantity
order by a.type, s.quantity

-- name: count_asset_facts
select a.type, fact, count(*) as n
from assets a
cross join lateral jsonb_object_keys(a.attributes) as fact
where a.retired_at is null
group by a.type, fact
order by a.type, fact

-- name: count_asset_places
select type, count(*) as n_named, count(longitude) as n_placed, count(parent_id) as n_within
from assets
where retired_at is null
group by type

-- name: count_device_quantities
select s.quantity, count(distinct s.device_id) as n
from devices d
join series s using (device_id)
where d.state in ('accepted', 'active') and s.quantity = any (%(quantities)s::text[])
group by s.quantity
order by s.quantity

-- name: count_devices
select count(*) as n from devices where state in ('accepted', 'active')

-- name: count_own_types
select name as type, count(*) as n
from ngsi_entities x
cross join lateral unnest(x.types) as name
where x.attributes is not null
group by name
order by name

-- name: count_own_attributes
select name as type, one.attribute, one.instances -> 0 ->> 'type' as kind, count(*) as n
from ngsi_entities x
cross join lateral unnest(x.types) as name
cross join lateral jsonb_each(x.attributes) as one (attribute, instances)
where x.attributes is not null
group by 1, 2, 3
order by 1, 2, 3

-- name: find_territory
select territory_id from territories where slug = %(slug)s
