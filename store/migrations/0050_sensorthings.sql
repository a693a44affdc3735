-- What clients of the SensorThings API wrote and the registry cannot express, beside the registry: decision 0050.
-- Locks: territories, assets, devices and quantities against writes, for an instant.
-- Numbers begin above those of the registry, so that one entity set holds both and each keeps its own.

create table st_things (
    thing_id      bigint generated always as identity (start with 8589934592) constraint st_things_pkey primary key,
    territory_id  int not null constraint st_things_territory_id_fkey references territories,
    name          text not null,
    description   text not null,
    properties    jsonb
);
create index st_things_territory_id_idx on st_things (territory_id);

create table st_features (
    feature_id     bigint generated always as identity (start with 8589934592) constraint st_features_pkey primary key,
    territory_id   int not null constraint st_features_territory_id_fkey references territories,
    name           text not null,
    description    text not null,
    encoding_type  text not null,
    feature        jsonb not null,
    properties     jsonb
);
create index st_features_territory_id_idx on st_features (territory_id);

create table st_locations (
    location_id    bigint generated always as identity (start with 8589934592) constraint st_locations_pkey primary key,
    territory_id   int not null constraint st_locations_territory_id_fkey references territories,
    feature_id     bigint constraint st_locations_feature_id_fkey references st_features on delete set null,
    name           text not null,
    description    text not null,
    encoding_type  text not null,
    location       jsonb not null,
    properties     jsonb
);
create index st_locations_territory_id_idx on st_locations (territory_id);
create index st_locations_feature_id_idx on st_locations (feature_id);
comment on column st_locations.feature_id is 'The feature made of it for observations that named none.';

create table st_thing_locations (
    thing_id     bigint not null constraint st_thing_locations_thing_id_fkey references st_things on delete cascade,
    location_id  bigint not null constraint st_thing_locations_location_id_fkey references st_locations on delete cascade,
    constraint st_thing_locations_pkey primary key (thing_id, location_id)
);
create index st_thing_locations_location_id_idx on st_thing_locations (location_id);

create table st_histories (
    history_id  bigint generated always as identity (start with 8589934592) constraint st_histories_pkey primary key,
    thing_id    bigint not null constraint st_histories_thing_id_fkey references st_things on delete cascade,
    at          timestamptz not null
);
create index st_histories_thing_id_idx on st_histories (thing_id);

create table st_history_locations (
    history_id   bigint not null
                 constraint st_history_locations_history_id_fkey references st_histories on delete cascade,
    location_id  bigint not null
                 constraint st_history_locations_location_id_fkey references st_locations on delete cascade,
    constraint st_history_locations_pkey primary key (history_id, location_id)
);
create index st_history_locations_location_id_idx on st_history_locations (location_id);

create table st_sensors (
    sensor_id      bigint generated always as identity (start with 8589934592) constraint st_sensors_pkey primary key,
    territory_id   int not null constraint st_sensors_territory_id_fkey references territories,
    name           text not null,
    description    text not null,
    encoding_type  text not null,
    metadata       jsonb not null,
    properties     jsonb
);
create index st_sensors_territory_id_idx on st_sensors (territory_id);

create table st_properties (
    property_id   bigint generated always as identity (start with 8589934592) constraint st_properties_pkey primary key,
    territory_id  int not null constraint st_properties_territory_id_fkey references territories,
    name          text not null,
    definition    text not null,
    description   text not null,
    properties    jsonb
);
create index st_properties_territory_id_idx on st_properties (territory_id);

create table st_datastreams (
    datastream_id     bigint generated always as identity (start with 8589934592)
                      constraint st_datastreams_pkey primary key,
    territory_id      int not null constraint st_datastreams_territory_id_fkey references territories,
    thing_id          bigint constraint st_datastreams_thing_id_fkey references st_things on delete cascade,
    asset_id          int constraint st_datastreams_asset_id_fkey references assets,
    sensor_id         bigint constraint st_datastreams_sensor_id_fkey references st_sensors on delete cascade,
    device_id         int constraint st_datastreams_device_id_fkey references devices,
    property_id       bigint constraint st_datastreams_property_id_fkey references st_properties on delete cascade,
    quantity          text constraint st_datastreams_quantity_fkey references quantities,
    name              text not null,
    description       text not null,
    observation_type  text not null,
    unit              jsonb not null,
    observed_area     jsonb,
    properties        jsonb,
    constraint st_datastreams_thing_check check (num_nonnulls(thing_id, asset_id) = 1),
    constraint st_datastreams_sensor_check check (num_nonnulls(sensor_id, device_id) <= 1),
    constraint st_datastreams_property_check check (num_nonnulls(property_id, quantity) <= 1)
);
create index st_datastreams_territory_id_idx on st_datastreams (territory_id);
create index st_datastreams_thing_id_idx on st_datastreams (thing_id);
create index st_datastreams_sensor_id_idx on st_datastreams (sensor_id);
create index st_datastreams_property_id_idx on st_datastreams (property_id);
comment on column st_datastreams.asset_id is
    'In place of thing_id: the thing is one of the registry. So with device_id and quantity. A sensor, property or feature
     of another territory may be lost when a territory moves.';

create table st_observations (
    observation_id  bigint generated always as identity (start with 8589934592)
                    constraint st_observations_pkey primary key,
    datastream_id   bigint not null
                    constraint st_observations_datastream_id_fkey references st_datastreams on delete cascade,
    feature_id      bigint constraint st_observations_feature_id_fkey references st_features on delete cascade,
    asset_id        int constraint st_observations_asset_id_fkey references assets,
    phenomenon_at   timestamptz not null,
    phenomenon_to   timestamptz,
    result          jsonb not null,
    result_at       timestamptz,
    quality         jsonb,
    valid_from      timestamptz,
    valid_to        timestamptz,
    parameters      jsonb,
    constraint st_observations_feature_check check (num_nonnulls(feature_id, asset_id) <= 1)
);
create index st_observations_datastream_id_phenomenon_at_idx on st_observations (datastream_id, phenomenon_at);
create index st_observations_feature_id_idx on st_observations (feature_id);
