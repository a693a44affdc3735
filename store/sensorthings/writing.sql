-- name: insert_Things
insert into st_things (territory_id, name, description, properties)
values (%(territory_id)s, %(name)s, %(description)s, %(properties)s)
returning thing_id as id

-- name: insert_Locations
insert into st_locations (territory_id, name, description, encoding_type, location, properties)
values (%(territory_id)s, %(name)s, %(description)s, %(encodingType)s, %(location)s, %(properties)s)
returning location_id as id

-- name: insert_HistoricalLocations
insert into st_histories (thing_id, at)
values (%(thing_own)s, %(time)s)
returning history_id as id

-- name: insert_Sensors
insert into st_sensors (territory_id, name, description, encoding_type, metadata, properties)
values (%(territory_id)s, %(name)s, %(description)s, %(encodingType)s, %(metadata)s, %(properties)s)
returning sensor_id as id

-- name: insert_ObservedProperties
insert into st_properties (territory_id, name, definition, description, properties)
values (%(territory_id)s, %(name)s, %(definition)s, %(description)s, %(properties)s)
returning property_id as id

-- name: insert_FeaturesOfInterest
insert into st_features (territory_id, name, description, encoding_type, feature, properties)
values (%(territory_id)s, %(name)s, %(description)s, %(encodingType)s, %(feature)s, %(properties)s)
returning feature_id as id

-- name: insert_Datastreams
-- It lies in the territory of its thing.
insert into st_datastreams (territory_id, thing_id, asset_id, sensor_id, device_id, property_id, quantity, name,
                            description, observation_type, unit, observed_area, properties)
values (coalesce((select territory_id from st_things where thing_id = %(thing_own)s),
                 (select territory_id from assets where asset_id = %(thing_asset)s)),
        %(thing_own)s, %(thing_asset)s, %(sensor_own)s, %(sensor_device)s, %(property_own)s,
        (select quantity from quantities where quantity_id = %(property_quantity)s), %(name)s, %(description)s, %(observationType)s, %(unitOfMeasurement)s, %(observedArea)s, %(properties)s)
returning datastream_id as id

-- name: insert_MultiDatastreams
-- It lies in the territory of its thing.
insert into st_datastreams (territory_id, thing_id, asset_id, sensor_id, device_id, name, description, observation_type,
                            unit, data_types, observed_area, properties)
values (coalesce((select territory_id from st_things where thing_id = %(thing_own)s),
                 (select territory_id from assets where asset_id = %(thing_asset)s)),
        %(thing_own)s, %(thing_asset)s, %(sensor_own)s, %(sensor_device)s, %(name)s, %(description)s,
        %(observationType)s, %(unitOfMeasurements)s, %(multiObservationDataTypes)s, %(observedArea)s, %(properties)s)
returning datastream_id as id

-- name: insert_Observations
insert into st_observations (datastream_id, feature_id, asset_id, phenomenon_at, phenomenon_to, result, result_at,
                             quality, valid_from, valid_to, parameters)
values (coalesce(%(datastream_own)s::int8, %(multi_own)s::int8), %(feature_own)s, %(feature_asset)s, %(phenomenonTime)s, %(phenomenonTime/end)s, %(result)s,
        %(resultTime)s, %(resultQuality)s, %(validTime)s, %(validTime/end)s, %(parameters)s)
returning observation_id as id

-- name: update_Things
update st_things set name = %(name)s, description = %(description)s, properties = %(properties)s
where thing_id = %(id)s

-- name: update_Locations
-- The feature made of it stays with the observations that name it; later ones get another.
update st_locations
set name = %(name)s, description = %(description)s, encoding_type = %(encodingType)s, properties = %(properties)s,
    feature_id = case when location = %(location)s then feature_id end, location = %(location)s
where location_id = %(id)s

-- name: update_HistoricalLocations
update st_histories set thing_id = coalesce(%(thing_own)s, thing_id), at = %(time)s where history_id = %(id)s

-- name: update_Sensors
update st_sensors
set name = %(name)s, description = %(description)s, encoding_type = %(encodingType)s, metadata = %(metadata)s,
    properties = %(properties)s
where sensor_id = %(id)s

-- name: update_ObservedProperties
update st_properties
set name = %(name)s, definition = %(definition)s, description = %(description)s, properties = %(properties)s
where property_id = %(id)s

-- name: update_FeaturesOfInterest
update st_features
set name = %(name)s, description = %(description)s, encoding_type = %(encodingType)s, feature = %(feature)s,
    properties = %(properties)s
where feature_id = %(id)s

-- name: update_Datastreams
update st_datastreams
set name = %(name)s, description = %(description)s, observation_type = %(observationType)s,
    unit = %(unitOfMeasurement)s, observed_area = %(observedArea)s, properties = %(properties)s,
    thing_id = case when num_nulls(%(thing_own)s::int8, %(thing_asset)s::int4) = 2 then thing_id
                    else %(thing_own)s::int8 end,
    asset_id = case when num_nulls(%(thing_own)s::int8, %(thing_asset)s::int4) = 2 then asset_id
                    else %(thing_asset)s::int4 end,
    sensor_id = case when num_nulls(%(sensor_own)s::int8, %(sensor_device)s::int4) = 2 then sensor_id
                     else %(sensor_own)s::int8 end,
    device_id = case when num_nulls(%(sensor_own)s::int8, %(sensor_device)s::int4) = 2 then device_id
                     else %(sensor_device)s::int4 end,
    property_id = case when num_nulls(%(property_own)s::int8, %(property_quantity)s::int4) = 2 then property_id
                       else %(property_own)s::int8 end,
    quantity = case when num_nulls(%(property_own)s::int8, %(property_quantity)s::int4) = 2 then quantity
                    else (select quantity from quantities where quantity_id = %(property_quantity)s::int4) end
where datastream_id = %(id)s

-- name: update_MultiDatastreams
update st_datastreams
set name = %(name)s, description = %(description)s, observation_type = %(observationType)s,
    unit = %(unitOfMeasurements)s, data_types = %(multiObservationDataTypes)s, observed_area = %(observedArea)s,
    properties = %(properties)s,
    thing_id = case when num_nulls(%(thing_own)s::int8, %(thing_asset)s::int4) = 2 then thing_id
                    else %(thing_own)s::int8 end,
    asset_id = case when num_nulls(%(thing_own)s::int8, %(thing_asset)s::int4) = 2 then asset_id
                    else %(thing_asset)s::int4 end,
    sensor_id = case when num_nulls(%(sensor_own)s::int8, %(sensor_device)s::int4) = 2 then sensor_id
                     else %(sensor_own)s::int8 end,
    device_id = case when num_nulls(%(sensor_own)s::int8, %(sensor_device)s::int4) = 2 then device_id
                     else %(sensor_device)s::int4 end
where datastream_id = %(id)s

-- name: update_Observations
update st_observations
set phenomenon_at = %(phenomenonTime)s, phenomenon_to = %(phenomenonTime/end)s, result = %(result)s,
    result_at = %(resultTime)s, quality = %(resultQuality)s, valid_from = %(validTime)s, valid_to = %(validTime/end)s,
    parameters = %(parameters)s,
    datastream_id = coalesce(%(datastream_own)s::int8, %(multi_own)s::int8, datastream_id),
    feature_id = case when num_nulls(%(feature_own)s::int8, %(feature_asset)s::int4) = 2 then feature_id
                      else %(feature_own)s::int8 end,
    asset_id = case when num_nulls(%(feature_own)s::int8, %(feature_asset)s::int4) = 2 then asset_id
                    else %(feature_asset)s::int4 end
where observation_id = %(id)s

-- name: delete_Things
delete from st_things where thing_id = %(id)s

-- name: delete_Locations
-- What is known of where things were, and told of this place, goes with it.
with gone as (
    delete from st_histories
    where history_id in (select history_id from st_history_locations where location_id = %(id)s)
)
delete from st_locations where location_id = %(id)s

-- name: delete_HistoricalLocations
delete from st_histories where history_id = %(id)s

-- name: delete_Sensors
delete from st_sensors where sensor_id = %(id)s

-- name: delete_ObservedProperties
-- A MultiDatastream cannot be without one of its properties: a value would have none.
with gone as (
    delete from st_datastreams
    where datastream_id in (select datastream_id from st_datastream_properties where property_id = %(id)s)
)
delete from st_properties where property_id = %(id)s

-- name: delete_FeaturesOfInterest
delete from st_features where feature_id = %(id)s

-- name: delete_Datastreams
delete from st_datastreams where datastream_id = %(id)s

-- name: delete_MultiDatastreams
delete from st_datastreams where datastream_id = %(id)s

-- name: delete_Observations
delete from st_observations where observation_id = %(id)s

-- name: move_thing
with former as (
    delete from st_thing_locations where thing_id = %(thing_id)s and location_id <> all (%(location_ids)s::int8[])
), placed as (
    insert into st_thing_locations (thing_id, location_id)
    select %(thing_id)s, location_id from unnest(%(location_ids)s::int8[]) as wanted (location_id)
    on conflict do nothing
), history as (
    insert into st_histories (thing_id, at) values (%(thing_id)s, clock_timestamp()) returning history_id
)
insert into st_history_locations (history_id, location_id)
select history.history_id, wanted.location_id
from history, unnest(%(location_ids)s::int8[]) as wanted (location_id)

-- name: place_history
with former as (
    delete from st_history_locations where history_id = %(history_id)s and location_id <> all (%(location_ids)s::int8[])
)
insert into st_history_locations (history_id, location_id)
select %(history_id)s, location_id from unnest(%(location_ids)s::int8[]) as wanted (location_id)
on conflict do nothing

-- name: drop_properties
delete from st_datastream_properties where datastream_id = %(datastream_id)s

-- name: put_properties
insert into st_datastream_properties (datastream_id, property_id, place)
select %(datastream_id)s, wanted.property_id, wanted.place - 1
from unnest(%(property_ids)s::int8[]) with ordinality as wanted (property_id, place)

-- name: count_values
-- How many values an observation of a MultiDatastream holds, and how many properties it has.
select jsonb_array_length(d.data_types) as n_types, jsonb_array_length(d.unit) as n_units,
       (select count(*) from st_datastream_properties l where l.datastream_id = d.datastream_id) as n_properties
from st_datastreams d
where d.datastream_id = %(datastream_id)s

-- name: find_multi
select d.datastream_id
from st_observations o
join st_datastreams d on d.datastream_id = o.datastream_id and d.data_types is not null
where o.observation_id = %(id)s

-- name: find_feature
-- What a datastream's observations are about where they do not say: the asset, or the place of the thing.
select d.asset_id, l.location_id, l.feature_id
from st_datastreams d
left join lateral (
    select l.location_id, l.feature_id
    from st_thing_locations tl
    join st_locations l using (location_id)
    where tl.thing_id = d.thing_id
    order by l.location_id desc
    limit 1
) as l on true
where d.datastream_id = %(datastream_id)s

-- name: make_feature
with made as (
    insert into st_features (territory_id, name, description, encoding_type, feature)
    select territory_id, name, description, encoding_type, location from st_locations where location_id = %(location_id)s
    returning feature_id
)
update st_locations set feature_id = made.feature_id
from made
where location_id = %(location_id)s
returning made.feature_id

-- name: find_series
select s.series_id, t.slug as territory, d.external_id as device, s.channel, s.quantity, s.is_simulated
from series s
join territories t on t.territory_id = s.territory_id
join devices d on d.device_id = s.device_id
where s.series_id = any (%(series_ids)s::int[])
