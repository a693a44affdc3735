-- Where the entities of each set come from: one query per branch, each giving the same columns as the others of its set.
-- `key` is the row's own number in its table. Columns named after a set and a branch (thing_asset) hold keys of that
-- branch, columns named *_id the number or text that the outside sees. 4294967296 is where numbers of devices begin that
-- stand in for a thing, feature or sensor that there is not.

-- name: things_asset
select a.asset_id as key, a.asset_id as id, a.name, a.type as description,
       jsonb_build_object('type', a.type, 'slug', a.slug, 'territory', t.slug, 'retiredAt', a.retired_at,
                          'attributes', a.attributes) as properties
from assets a
join territories t on t.territory_id = a.territory_id

-- name: things_device
-- A device is a thing of its own while one of its series tells of no asset.
select d.device_id as key, d.device_id + 4294967296 as id, d.name, coalesce(d.model, 'device') as description,
       jsonb_build_object('type', 'device', 'device', d.external_id, 'territory', t.slug, 'state', d.state) as properties
from devices d
join territories t on t.territory_id = d.territory_id
where not exists (
          select from placements p where p.device_id = d.device_id and p.channel = '*' and p.period @> now())
   or exists (
          select from series s
          where s.device_id = d.device_id
            and not exists (select from series_assets sa where sa.series_id = s.series_id and sa.period @> now()))

-- name: things_own
select x.thing_id as key, x.thing_id as id, x.name, x.description, x.properties
from st_things x

-- name: locations_asset
select a.asset_id as key, a.asset_id as id, a.name, a.type as description, 'application/geo+json' as encoding_type,
       jsonb_build_object('type', 'Point', 'coordinates', jsonb_build_array(a.longitude, a.latitude)) as location,
       jsonb_build_object('territory', t.slug) as properties
from assets a
join territories t on t.territory_id = a.territory_id
where a.longitude is not null and a.latitude is not null

-- name: locations_own
select x.location_id as key, x.location_id as id, x.name, x.description, x.encoding_type, x.location, x.properties
from st_locations x

-- name: historical_locations_asset
-- An asset of the registry has stood where it stands since it was entered.
select a.asset_id as key, a.asset_id as id, a.created_at as time, a.asset_id as thing_asset, a.asset_id as thing_id
from assets a
where a.longitude is not null and a.latitude is not null

-- name: historical_locations_own
select h.history_id as key, h.history_id as id, h.at as time, h.thing_id as thing_own, h.thing_id
from st_histories h

-- name: datastreams_series
select s.series_id as key, s.series_id as id,
       concat_ws(' · ', coalesce(a.name, d.name), q.name_fr, nullif(s.channel, '')) as name, q.name_en as description,
       jsonb_build_object('name', s.unit, 'symbol', s.unit,
                          'definition', 'http://www.opengis.net/def/uom/UCUM/0/' || s.unit) as unit,
       'http://www.opengis.net/def/observationType/OGC-OM/2.0/OM_Measurement' as observation_type,
       null::jsonb as observed_area,
       (select min(m.observed_at) from plain_measurements m where m.series_id = s.series_id) as phenomenon_at,
       (select l.observed_at from last_values l where l.series_id = s.series_id) as phenomenon_to,
       (select min(m.observed_at) from plain_measurements m where m.series_id = s.series_id) as result_at,
       (select l.observed_at from last_values l where l.series_id = s.series_id) as result_to,
       jsonb_build_object('quantity', s.quantity, 'kind', q.kind, 'channel', s.channel, 'territory', t.slug,
                          'isSimulated', s.is_simulated) as properties,
       sa.asset_id as thing_asset, case when sa.asset_id is null then s.device_id end as thing_device,
       coalesce(sa.asset_id, s.device_id + 4294967296) as thing_id,
       s.device_id as sensor_device, case when s.device_id is null then 0 end as sensor_computed,
       coalesce(s.device_id, 4294967296) as sensor_id,
       q.quantity_id as property_quantity, q.quantity_id as property_id
from series s
join territories t on t.territory_id = s.territory_id
join quantities q on q.quantity = s.quantity
left join series_assets sa on sa.series_id = s.series_id and sa.period @> now()
left join assets a on a.asset_id = sa.asset_id
left join devices d on d.device_id = s.device_id

-- name: datastreams_own
select x.datastream_id as key, x.datastream_id as id, x.name, x.description, x.unit, x.observation_type,
       x.observed_area,
       (select min(o.phenomenon_at) from st_observations o where o.datastream_id = x.datastream_id) as phenomenon_at,
       (select max(coalesce(o.phenomenon_to, o.phenomenon_at))
        from st_observations o where o.datastream_id = x.datastream_id) as phenomenon_to,
       (select min(o.result_at) from st_observations o where o.datastream_id = x.datastream_id) as result_at,
       (select max(o.result_at) from st_observations o where o.datastream_id = x.datastream_id) as result_to,
       x.properties, x.asset_id as thing_asset, x.thing_id as thing_own, coalesce(x.thing_id, x.asset_id) as thing_id,
       x.device_id as sensor_device, x.sensor_id as sensor_own, coalesce(x.sensor_id, x.device_id) as sensor_id,
       q.quantity_id as property_quantity, x.property_id as property_own,
       coalesce(x.property_id, q.quantity_id) as property_id
from st_datastreams x
left join quantities q on q.quantity = x.quantity
where x.data_types is null

-- name: multi_datastreams_own
select x.datastream_id as key, x.datastream_id as id, x.name, x.description, x.unit, x.data_types, x.observation_type,
       x.observed_area,
       (select min(o.phenomenon_at) from st_observations o where o.datastream_id = x.datastream_id) as phenomenon_at,
       (select max(coalesce(o.phenomenon_to, o.phenomenon_at))
        from st_observations o where o.datastream_id = x.datastream_id) as phenomenon_to,
       (select min(o.result_at) from st_observations o where o.datastream_id = x.datastream_id) as result_at,
       (select max(o.result_at) from st_observations o where o.datastream_id = x.datastream_id) as result_to,
       x.properties, x.asset_id as thing_asset, x.thing_id as thing_own, coalesce(x.thing_id, x.asset_id) as thing_id,
       x.device_id as sensor_device, x.sensor_id as sensor_own, coalesce(x.sensor_id, x.device_id) as sensor_id
from st_datastreams x
where x.data_types is not null

-- name: sensors_device
select d.device_id as key, d.device_id as id, d.name, coalesce(d.model, 'device') as description,
       'application/json' as encoding_type,
       jsonb_build_object('device', d.external_id, 'model', d.model, 'intervalSeconds', d.interval_s) as metadata,
       jsonb_build_object('state', d.state, 'territory', t.slug) as properties
from devices d
join territories t on t.territory_id = d.territory_id

-- name: sensors_computed
-- Series that are computed have no device.
select 0 as key, 4294967296 as id, 'Vigie' as name, 'computed by Vigie' as description,
       'application/json' as encoding_type, jsonb_build_object('procedure', 'computed') as metadata,
       null::jsonb as properties
where exists (select from series s where s.device_id is null)

-- name: sensors_own
select x.sensor_id as key, x.sensor_id as id, x.name, x.description, x.encoding_type, x.metadata, x.properties
from st_sensors x

-- name: observed_properties_quantity
select q.quantity_id as key, q.quantity_id as id, q.name_fr as name,
       'urn:vigie:quantity:' || q.quantity as definition, q.name_en as description,
       jsonb_build_object('quantity', q.quantity, 'unit', q.unit, 'kind', q.kind, 'codes', (
           select jsonb_object_agg(c.code, c.slug) from codes c where c.quantity = q.quantity)) as properties
from quantities q
where exists (select from series s where s.quantity = q.quantity)

-- name: observed_properties_own
select x.property_id as key, x.property_id as id, x.name, x.definition, x.description, x.properties
from st_properties x

-- name: observations_series
select m.series_id as key, m.series_id || '-' || (extract(epoch from m.observed_at) * 1000000)::bigint as id,
       m.observed_at as phenomenon_at, null::timestamptz as phenomenon_to, to_jsonb(m.value) as result,
       m.value as result_number, m.value::text as result_text, m.observed_at as result_at, null::jsonb as quality,
       null::timestamptz as valid_from, null::timestamptz as valid_to, null::jsonb as parameters,
       m.series_id as datastream_series, m.series_id as datastream_id, null::bigint as multi_id,
       (select coalesce((select sa.asset_id from series_assets sa
                         where sa.series_id = m.series_id and sa.period @> m.observed_at limit 1),
                        (select s.device_id + 4294967296 from series s where s.series_id = m.series_id))) as feature_id
from measurements m

-- name: observations_plain
-- The same, in order of the index: for conditions that cannot fail.
select m.series_id as key, m.series_id || '-' || (extract(epoch from m.observed_at) * 1000000)::bigint as id,
       m.observed_at as phenomenon_at, null::timestamptz as phenomenon_to, to_jsonb(m.value) as result,
       m.value as result_number, m.value::text as result_text, m.observed_at as result_at, null::jsonb as quality,
       null::timestamptz as valid_from, null::timestamptz as valid_to, null::jsonb as parameters,
       m.series_id as datastream_series, m.series_id as datastream_id, null::bigint as multi_id,
       (select coalesce((select sa.asset_id from series_assets sa
                         where sa.series_id = m.series_id and sa.period @> m.observed_at limit 1),
                        (select s.device_id + 4294967296 from series s where s.series_id = m.series_id))) as feature_id
from plain_measurements m

-- name: observations_own
-- Both keys hold the number, bare for the index: it is found in one of the two sets only.
select o.observation_id as key, o.observation_id::text as id, o.phenomenon_at, o.phenomenon_to, o.result,
       case when jsonb_typeof(o.result) = 'number' then o.result::float8 end as result_number,
       o.result #>> '{}' as result_text, o.result_at, o.quality, o.valid_from, o.valid_to, o.parameters,
       o.datastream_id as datastream_own, case when not o.is_multi then o.datastream_id end as datastream_id,
       o.datastream_id as multi_own, case when o.is_multi then o.datastream_id end as multi_id,
       o.feature_id as feature_own, o.asset_id as feature_asset,
       coalesce(o.feature_id, o.asset_id) as feature_id
from st_observations o

-- name: features_asset
select a.asset_id as key, a.asset_id as id, a.name, a.type as description, 'application/geo+json' as encoding_type,
       case when a.longitude is null or a.latitude is null
            then jsonb_build_object('type', 'Feature', 'geometry', null, 'properties', '{}'::jsonb)
            else jsonb_build_object('type', 'Point', 'coordinates', jsonb_build_array(a.longitude, a.latitude)) end
           as feature,
       jsonb_build_object('type', a.type, 'territory', t.slug) as properties
from assets a
join territories t on t.territory_id = a.territory_id

-- name: features_device
-- What a device measured while it was at no asset.
select d.device_id as key, d.device_id + 4294967296 as id, d.name, coalesce(d.model, 'device') as description,
       'application/geo+json' as encoding_type,
       jsonb_build_object('type', 'Feature', 'geometry', null, 'properties', '{}'::jsonb) as feature,
       jsonb_build_object('type', 'device', 'territory', t.slug) as properties
from devices d
join territories t on t.territory_id = d.territory_id

-- name: features_own
select x.feature_id as key, x.feature_id as id, x.name, x.description, x.encoding_type, x.feature, x.properties
from st_features x

-- name: thing_location_pairs
-- Pairs that are many on both sides.
select a.asset_id as thing_id, a.asset_id as location_id
from assets a
where a.longitude is not null and a.latitude is not null
union all
select l.thing_id, l.location_id
from st_thing_locations l

-- name: history_location_pairs
select a.asset_id as history_id, a.asset_id as location_id
from assets a
where a.longitude is not null and a.latitude is not null
union all
select l.history_id, l.location_id
from st_history_locations l

-- name: datastream_property_pairs
select l.datastream_id, l.property_id, l.place
from st_datastream_properties l

-- name: find_feature_series
-- A feature's observations lie in the series that told about it: found first, so that no other is read.
select distinct sa.series_id
from series_assets sa
where sa.asset_id = any (%(asset_ids)s::int[])
union
select s.series_id
from series s
where s.device_id = any (%(device_ids)s::int[])
