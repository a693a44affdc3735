-- name: take_away
truncate kpi_values cascade;
truncate group_days, job_marks, changed_days;
-- No hour is left to be closed: rollups were filled, not computed.
update rollup_watermarks set closed_to = computed_to

-- name: count_figures
select count(*) from kpi_values where is_current

-- name: count_days
select (select count(*) from changed_days) + (select count(*) from group_days)
