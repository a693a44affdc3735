-- What: assets looked after, devices that report, series for ever tied to (device, channel, quantity, unit),
-- and placements that say which asset a device told about when.
-- Locks: the tables that new ones refer to, against writes, for an instant.

create table quantities (
    quantity        text primary key,
    unit            text not null,
    kind            text not null constraint quantities_kind_check check (kind in ('gauge', 'counter', 'state')),
    low             float8,
    high            float8,
    longest_hold_s  float8 not null,
    name_en         text not null,
    name_fr         text not null
);
comment on table quantities is 'Copy of the registry in sensors, refreshed by vigie migrate, so that SQL readers see units.';

-- Numbers of states are never renumbered: measurements hold them.
create table codes (
    quantity  text not null constraint codes_quantity_fkey references quantities,
    code      int not null,
    slug      text not null,
    name_en   text not null,
    name_fr   text not null,
    constraint codes_pkey primary key (quantity, code)
);

create table assets (
    asset_id      int generated always as identity primary key,
    territory_id  int not null constraint assets_territory_id_fkey references territories,
    slug          text not null,
    name          text not null,
    type          text not null,
    longitude     float8 constraint assets_longitude_check check (longitude between -180 and 180),
    latitude      float8 constraint assets_latitude_check check (latitude between -90 and 90),
    parent_id     int constraint assets_parent_id_fkey references assets,
    attributes    jsonb not null default '{}',
    created_at    timestamptz not null default now(),
    retired_at    timestamptz,
    constraint assets_territory_id_slug_key unique (territory_id, slug)
);
create index assets_parent_id_idx on assets (parent_id);
create index assets_territory_id_type_idx on assets (territory_id, type);

create table devices (
    device_id     int generated always as identity primary key,
    territory_id  int not null constraint devices_territory_id_fkey references territories,
    external_id   text not null,
    name          text not null,
    model         text,
    codec         text,
    gateway_id    int constraint devices_gateway_id_fkey references devices,
    state         text not null default 'active'
                  constraint devices_state_check check (state in ('pending', 'accepted', 'active', 'retired')),
    interval_s    int constraint devices_interval_s_check check (interval_s > 0),
    is_revisable  boolean not null default false,
    created_at    timestamptz not null default now(),
    constraint devices_territory_id_external_id_key unique (territory_id, external_id)
);
comment on column devices.interval_s is 'Declared sending interval, in seconds; null where the device has none.';
comment on column devices.is_revisable is 'A later, different value for the same instant replaces the first (kept in revisions).';

create table series (
    series_id        int generated always as identity primary key,
    territory_id     int not null constraint series_territory_id_fkey references territories,
    device_id        int constraint series_device_id_fkey references devices,
    asset_id         int constraint series_asset_id_fkey references assets,
    channel          text not null default '',
    quantity         text not null constraint series_quantity_fkey references quantities,
    unit             text not null,
    retention_class  text not null default 'standard',
    is_simulated     boolean not null default false,
    created_at       timestamptz not null default now(),
    constraint series_device_or_asset_check check ((device_id is null) <> (asset_id is null))
);
comment on column series.asset_id is 'Only for computed series, which belong to an asset; measured series reach it through placements.';
comment on column series.is_simulated is 'Values that a network or person made up: they tell of no asset, so no KPI counts them.';
create unique index series_device_id_channel_quantity_unit_key
    on series (device_id, channel, quantity, unit, is_simulated)
    where device_id is not null;
create unique index series_asset_id_channel_quantity_unit_key on series (asset_id, channel, quantity, unit)
    where asset_id is not null;
create index series_territory_id_idx on series (territory_id);

-- Channel '*' places all channels of the device that have no placement of their own.
create table placements (
    placement_id  int generated always as identity primary key,
    device_id     int not null constraint placements_device_id_fkey references devices,
    channel       text not null default '*',
    asset_id      int not null constraint placements_asset_id_fkey references assets,
    period        tstzrange not null default tstzrange(null, null),
    constraint placements_device_id_channel_period_excl
        exclude using gist (device_id with =, channel with =, period with &&)
);
create index placements_asset_id_idx on placements (asset_id);

-- Which asset a series told about, when. The one way from measurements to assets.
create view series_assets as
select s.series_id, p.asset_id, p.period
from series s
join placements p on p.device_id = s.device_id
 and (p.channel = s.channel
      or (p.channel = '*' and not exists (
              select from placements own where own.device_id = s.device_id and own.channel = s.channel)))
where not s.is_simulated
union all
select s.series_id, s.asset_id, tstzrange(null, null)
from series s
where s.asset_id is not null;
