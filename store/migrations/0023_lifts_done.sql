-- Containers that were emptied, one by one, and what a vehicle's own track measured of a round.
-- Locks: rounds_done against all else for milliseconds; territories and assets against writes, for an instant.

create table lifts_done (
    lift_id       bigint generated always as identity primary key,
    territory_id  int not null constraint lifts_done_territory_id_fkey references territories,
    asset_id      int not null constraint lifts_done_asset_id_fkey references assets,
    lifted_at     timestamptz not null,
    stay_s        float8 not null constraint lifts_done_stay_s_check check (stay_s >= 0),
    vehicle       text not null,
    source        text not null constraint lifts_done_source_check check (source in ('declared', 'telematics', 'inferred')),
    constraint lifts_done_asset_id_source_lifted_at_key unique (asset_id, source, lifted_at)
);
create index lifts_done_territory_id_lifted_at_idx on lifts_done (territory_id, lifted_at);
comment on table lifts_done is 'Containers emptied: by whom told, when the vehicle came and how long it stood there [s].';

alter table rounds_done
    add column distance_km float8 constraint rounds_done_distance_km_check check (distance_km >= 0),
    add column n_lifts int constraint rounds_done_n_lifts_check check (n_lifts >= 0);
comment on column rounds_done.distance_km is 'Kilometres of the vehicles'' tracks between first and last lift; null where no track was there.';
comment on column rounds_done.n_lifts is 'Containers emptied, as told with the round; null where nobody said.';
