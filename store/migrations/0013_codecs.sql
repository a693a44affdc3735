-- Payload codecs that people bring, every version kept, and which devices' payloads they read.
-- Locks: devices against writes while an index on a column without values is made (less than a second for a million).

create table codecs (
    codec_id      int generated always as identity primary key,
    name          text not null constraint codecs_name_check check (name ~ '^[a-z0-9][a-z0-9_.-]{0,62}$'),
    version       int not null constraint codecs_version_check check (version > 0),
    source        text not null,
    mapping       jsonb not null,
    digest        text not null,
    active_since  timestamptz not null default clock_timestamp(),
    constraint codecs_name_version_key unique (name, version)
);
comment on column codecs.mapping is 'Which field is which quantity in which unit, and variables: docs/reference/codecs.md.';
comment on column codecs.digest is 'SHA-256 of source and mapping.';
comment on table codecs is 'The highest version of a name is the one at work; the others tell what read older values.';

create table codec_bindings (
    binding_id    int generated always as identity primary key,
    name          text not null,
    kind          text not null constraint codec_bindings_kind_check check (kind in ('profile', 'topic')),
    target        text not null,
    territory_id  int constraint codec_bindings_territory_id_fkey references territories,
    constraint codec_bindings_kind_target_territory_id_key unique nulls not distinct (kind, target, territory_id)
);
comment on column codec_bindings.target is 'A device profile (lower case, letters and digits only), or a topic filter.';
comment on column codec_bindings.territory_id is 'Only messages that speak for this territory; null: of every territory.';
comment on column devices.codec is 'Name of a codec that reads this one device, before every binding.';
create index devices_codec_idx on devices (codec) where codec is not null;
