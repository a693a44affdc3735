-- name: read_devices
select t.slug, d.external_id, d.device_id, d.territory_id, d.is_revisable,
       (select jsonb_agg(jsonb_build_array(r.rule_id, r.from_us, r.to_us, r.shift_us, r.time_zone))
        from clock_rules_in_force r
        where r.device_id = d.device_id)
from unnest(%(territories)s::text[], %(external_ids)s::text[]) as asked (slug, external_id)
join territories t on t.slug = asked.slug
join devices d on d.territory_id = t.territory_id and d.external_id = asked.external_id
where d.state in ('accepted', 'active')

-- name: read_named_series
select s.series_id, t.slug, d.external_id, s.channel, s.quantity, s.is_simulated
from series s
join territories t on t.territory_id = s.territory_id
left join devices d on d.device_id = s.device_id
where s.series_id = any (%(series_ids)s::bigint[])

-- name: read_territories
select slug, territory_id
from territories
where slug = any (%(territories)s::text[])

-- name: read_series
select s.device_id, s.channel, s.quantity, s.unit, s.is_simulated, s.series_id
from unnest(%(device_ids)s::int[], %(channels)s::text[], %(quantities)s::text[], %(units)s::text[],
            %(are_simulated)s::boolean[])
    as asked (device_id, channel, quantity, unit, is_simulated)
join series s using (device_id, channel, quantity, unit, is_simulated)

-- name: create_series
insert into series (territory_id, device_id, channel, quantity, unit, is_simulated)
select d.territory_id, asked.device_id, asked.channel, asked.quantity, asked.unit, asked.is_simulated
from unnest(%(device_ids)s::int[], %(channels)s::text[], %(quantities)s::text[], %(units)s::text[],
            %(are_simulated)s::boolean[])
    as asked (device_id, channel, quantity, unit, is_simulated)
join devices d using (device_id)
order by asked.device_id, asked.channel, asked.quantity, asked.unit
on conflict (device_id, channel, quantity, unit, is_simulated) where device_id is not null do nothing
