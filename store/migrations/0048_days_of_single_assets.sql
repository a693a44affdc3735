-- Days and nights of single lamps, bays and containers are no longer kept: those that were told stand, but not as current.
-- Locks: none but the rows that change; some minutes for ten million.
update kpi_values
set is_current = false
where is_current and asset_id is not null and upper(period) - lower(period) < interval '2 days'
  and kpi in ('street_light_energy', 'bay_occupancy', 'bay_turnover', 'bay_stay_duration', 'fill_level_median',
              'fill_level_p90', 'fill_share_above_threshold', 'overflow_hours');
