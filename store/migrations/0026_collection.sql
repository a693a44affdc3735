-- What one round of a collection plan takes, as people enter it: kilometres, hours, euros as ranges, and tonnes.
-- Locks: collection_plans against all else for milliseconds, while its few rows are checked.

alter table collection_plans
    add column distance_low_km float8,
    add column distance_high_km float8,
    add column duration_low_h float8,
    add column duration_high_h float8,
    add column cost_low_eur float8,
    add column cost_high_eur float8,
    add column tonnage_t float8 constraint collection_plans_tonnage_t_check check (tonnage_t > 0),
    add constraint collection_plans_distance_check check (
        num_nulls(distance_low_km, distance_high_km) in (0, 2)
        and distance_low_km >= 0 and distance_low_km <= distance_high_km),
    add constraint collection_plans_duration_check check (
        num_nulls(duration_low_h, duration_high_h) in (0, 2)
        and duration_low_h >= 0 and duration_low_h <= duration_high_h),
    add constraint collection_plans_cost_check check (
        num_nulls(cost_low_eur, cost_high_eur) in (0, 2) and cost_low_eur >= 0 and cost_low_eur <= cost_high_eur);
comment on column collection_plans.distance_low_km is 'Kilometres of one round from depot to depot lie between low and high.';
comment on column collection_plans.tonnage_t is 'Tonnes that a mean round of the plan brings in.';
