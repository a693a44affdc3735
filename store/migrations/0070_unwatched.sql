-- What: findings of quantities that detectors do not look at any more (hints of their own follow them) come to an end.
-- Locks: the rows of these findings, for an instant.

update findings f
set ended_at = greatest(f.started_at, clock_timestamp()), updated_at = clock_timestamp()
from series s
where s.series_id = f.series_id and f.ended_at is null
  and (f.kind = 'unusual_value' and s.quantity in ('battery_level', 'gear_temperature')
       or f.kind = 'level_shift' and s.quantity = 'device_temperature');
