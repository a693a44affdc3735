-- name: read_datastreams
-- Datastreams that clients made: whose they are, and whether their observations have a feature where they name none.
select d.datastream_id, t.slug, t.territory_id,
       d.asset_id is not null
           or exists (select from st_thing_locations tl where tl.thing_id = d.thing_id) as is_somewhere
from st_datastreams d
join territories t on t.territory_id = d.territory_id
where d.datastream_id = any (%(datastream_ids)s::bigint[]) and d.data_types is null

-- name: read_features
select f.feature_id, f.territory_id
from st_features f
where f.feature_id = any (%(feature_ids)s::bigint[])

-- name: write_observation
-- The same once more, as a broker sends it after a lost acknowledgement, is not written; nor one for what was deleted
-- meanwhile, which would have gone with it. The feature: the one that is named, or written out, else that of the place.
with stream as (
    select d.datastream_id, d.thing_id, d.asset_id, d.territory_id
    from st_datastreams d
    where d.datastream_id = %(datastream_id)s
      and not exists (
          select from st_observations o
          where o.datastream_id = d.datastream_id
            and o.phenomenon_at = %(phenomenon_at)s
            and o.phenomenon_to is not distinct from %(phenomenon_to)s::timestamptz
            and o.result = %(result)s
            and o.result_at is not distinct from %(result_at)s::timestamptz
            and o.parameters is not distinct from %(parameters)s::jsonb)
    for key share
), place as (
    select l.location_id, l.feature_id
    from stream
    join st_thing_locations tl on tl.thing_id = stream.thing_id
    join st_locations l on l.location_id = tl.location_id
    where %(feature_id)s::bigint is null and %(feature)s::jsonb is null
    order by l.location_id desc
    limit 1
), made as (
    insert into st_features (territory_id, name, description, encoding_type, feature, properties)
    select stream.territory_id, %(name)s, %(description)s, %(encoding_type)s, %(feature)s::jsonb, %(properties)s::jsonb
    from stream
    where %(feature)s::jsonb is not null
    union all
    select l.territory_id, l.name, l.description, l.encoding_type, l.location, null
    from place
    join st_locations l on l.location_id = place.location_id
    where place.feature_id is null
    returning feature_id
), tied as (
    update st_locations l set feature_id = made.feature_id
    from made, place
    where l.location_id = place.location_id and place.feature_id is null
), known as (
    select f.feature_id from st_features f where f.feature_id = %(feature_id)s::bigint for key share
), about as (
    select coalesce((select feature_id from known), (select feature_id from place), (select feature_id from made))
               as feature_id
)
insert into st_observations (datastream_id, feature_id, asset_id, phenomenon_at, phenomenon_to, result, result_at,
                             quality, valid_from, valid_to, parameters)
select stream.datastream_id, about.feature_id, case when about.feature_id is null then stream.asset_id end,
       %(phenomenon_at)s, %(phenomenon_to)s, %(result)s, %(result_at)s, %(quality)s, %(valid_from)s, %(valid_to)s,
       %(parameters)s
from stream, about
where about.feature_id is not null or stream.asset_id is not null
