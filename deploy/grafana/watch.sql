-- The only alert rule: is Vigie itself alive? Everything else is Vigie's own to judge and to tell. Alert rules know the
-- macros and no variables.

-- name: watch_vigie
-- Hours since anything arrived, or since the rollups stand still, whichever is more; 0 where no device is in service.
select case when exists (select from devices where state in ('accepted', 'active')) then greatest(
           coalesce((select extract(epoch from now() - max(arrival_hour)) / 3600 - 1
                     from delivery_ledger where arrival_hour > now() - interval '7 days'), 168),
           coalesce((select extract(epoch from now() - min(computed_to)) / 3600 - 1 from rollup_state), 168)
       ) else 0 end::float8 as silent_h
