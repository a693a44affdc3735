-- name: read_zones
select slug, time_zone from territories

-- name: insert_notes
insert into measurement_notes (series_id, observed_at, original_at, flag, detail)
select series_id, timestamptz 'epoch' + time_us * interval '1 microsecond',
       timestamptz 'epoch' + original_us * interval '1 microsecond', %(flag)s, detail
from unnest(%(series_ids)s::int[], %(times_us)s::bigint[], %(originals_us)s::bigint[], %(details)s::text[])
    as notes (series_id, time_us, original_us, detail)
on conflict (series_id, observed_at, flag) do nothing

-- name: find_device
select d.device_id
from devices d
join territories t using (territory_id)
where t.slug = %(territory)s and d.external_id = %(external_id)s and d.state <> 'pending'

-- name: list_clocks
select t.slug, d.external_id, c.verdict, c.offset_s, c.drift_s_per_day, c.since,
       r.rule_id, r.state, r.shift_s, r.time_zone, lower(r.period), upper(r.period), r.made_by
from devices d
join territories t using (territory_id)
left join device_clocks c using (device_id)
left join clock_rules r using (device_id)
where (%(territory)s::text is null or t.slug = %(territory)s)
  and (r.rule_id is not null or c.verdict not in ('unknown', 'ok', 'late'))
order by t.slug, d.external_id, r.rule_id

-- name: decide_rule
update clock_rules
set state = %(state)s, decided_at = clock_timestamp(), decided_by = %(decided_by)s
where rule_id = %(rule_id)s
  and (state = 'proposed' or (state = 'active' and %(state)s = 'declined'))
returning device_id, (select d.external_id from devices d where d.device_id = clock_rules.device_id), since, rule_id,
          (extract(epoch from lower(period)) * 1000000)::bigint,
          coalesce((extract(epoch from upper(period)) * 1000000)::bigint, 9223372036854775807),
          coalesce((shift_s * 1000000)::bigint, 0), time_zone

-- name: end_rule
-- Never before it began; what is left of it stays in force for what comes again.
update clock_rules
set period = tstzrange(lower(period), greatest(%(ends_at)s, lower(period) + interval '1 microsecond')),
    decided_at = clock_timestamp(), decided_by = %(decided_by)s
where rule_id = %(rule_id)s and state = 'active' and (upper_inf(period) or upper(period) > %(ends_at)s)
returning device_id

-- name: insert_rule
-- It begins where no other rule in force holds any more.
insert into clock_rules (device_id, period, shift_s, time_zone, state, since, made_by)
select %(device_id)s,
       tstzrange(greatest(%(from)s, (select max(upper(r.period)) from clock_rules r
                                     where r.device_id = %(device_id)s and r.state = 'active')), null),
       %(shift_s)s, %(time_zone)s, %(state)s, %(since)s, %(made_by)s
returning rule_id, (extract(epoch from lower(period)) * 1000000)::bigint, 9223372036854775807,
          coalesce((shift_s * 1000000)::bigint, 0), time_zone

-- name: end_running_rules
update clock_rules
set period = tstzrange(lower(period), greatest(%(ends_at)s, lower(period) + interval '1 microsecond')),
    decided_at = clock_timestamp(), decided_by = %(decided_by)s
where device_id = %(device_id)s and state = 'active' and upper_inf(period)

-- name: drop_proposals
delete from clock_rules where device_id = %(device_id)s and state = 'proposed'

-- name: list_device_clocks
select c.device_id, t.slug as territory, d.external_id, c.verdict, c.offset_s, c.spread_s, c.drift_s_per_day, c.since,
       c.judged_at,
       coalesce((select jsonb_agg(jsonb_build_object(
                            'rule_id', r.rule_id, 'state', r.state, 'shift_s', r.shift_s, 'time_zone', r.time_zone,
                            'from', to_char(lower(r.period) at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
                            'to', to_char(upper(r.period) at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'))
                        order by r.rule_id)
                 from clock_rules r where r.device_id = c.device_id), '[]') as rules
from device_clocks c
join devices d using (device_id)
join territories t on t.territory_id = d.territory_id
where c.device_id > %(after)s
  and (%(territory)s::text is null or t.slug = %(territory)s)
  and (%(verdict)s::text is null or c.verdict = %(verdict)s)
order by c.device_id
limit %(n)s
