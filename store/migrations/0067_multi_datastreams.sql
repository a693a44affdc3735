-- MultiDatastreams of SensorThings: datastreams of clients whose observations hold several values, one for each of their
-- observed properties in order. Units are a list there. Decision 0050.
-- Locks: st_datastreams against everything, for an instant; st_properties against writes, for an instant.

alter table st_datastreams add column data_types jsonb
    constraint st_datastreams_data_types_check check (jsonb_typeof(data_types) = 'array');
comment on column st_datastreams.data_types is
    'Of a MultiDatastream the type of each value, else null; `unit` is a list as long then.';

create table st_datastream_properties (
    datastream_id  bigint not null
                   constraint st_datastream_properties_datastream_id_fkey references st_datastreams on delete cascade,
    property_id    bigint not null
                   constraint st_datastream_properties_property_id_fkey references st_properties on delete cascade,
    place          int not null constraint st_datastream_properties_place_check check (place >= 0),
    constraint st_datastream_properties_pkey primary key (datastream_id, place),
    constraint st_datastream_properties_property_id_datastream_id_key unique (property_id, datastream_id)
);
comment on column st_datastream_properties.place is 'Which of the values is of this property, from 0.';
