-- At which number a counter begins again at 0, as people know it from its data sheet: a fall is then no reset. And an
-- index for the newest KPIs of a territory, which else are found by reading all KPIs that were ever told.
-- Locks: counters_hourly and counters_daily against all else, for milliseconds: a constant default rewrites no row.
-- kpi_values against writing while the index is made, some seconds for a million KPIs; reading goes on.

create table counter_ranges (
    device_id      int not null constraint counter_ranges_device_id_fkey references devices,
    channel        text not null,
    quantity       text not null constraint counter_ranges_quantity_fkey references quantities,
    rolls_over_at  float8 not null constraint counter_ranges_rolls_over_at_check check (rolls_over_at > 0),
    constraint counter_ranges_pkey primary key (device_id, channel, quantity)
);
comment on column counter_ranges.rolls_over_at is 'In the unit of the series: the number after the highest, at which the counter shows 0 again.';

alter table counters_hourly add column n_rollovers int not null default 0;
alter table counters_daily add column n_rollovers int not null default 0;
comment on column counters_hourly.n_rollovers is 'Falls across the end of the range, which are increases; resets are counted beside them.';
comment on column counters_daily.n_rollovers is 'Falls across the end of the range, which are increases; resets are counted beside them.';

create index kpi_values_territory_id_kpi_idx on kpi_values (territory_id, kpi, kpi_value_id desc)
    where is_current and asset_id is null;
