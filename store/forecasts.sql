-- name: write_forecasts
insert into forecasts (asset_id, quantity, lead_s, made_at, for_at, value, low, high, method, method_version, detail)
select f.asset_id, f.quantity, f.lead_s, f.made_at, f.for_at, f.value, f.low, f.high, f.method, f.method_version, f.detail
from jsonb_to_recordset(%(forecasts)s::jsonb) as f
     (asset_id int, quantity text, lead_s int, made_at timestamptz, for_at timestamptz, value float8, low float8,
      high float8, method text, method_version text, detail jsonb)
order by f.asset_id, f.quantity, f.lead_s
on conflict (asset_id, quantity, lead_s) do update
set made_at = excluded.made_at, for_at = excluded.for_at, value = excluded.value, low = excluded.low,
    high = excluded.high, method = excluded.method, method_version = excluded.method_version, detail = excluded.detail

-- name: list_forecasts
select t.slug as territory, f.asset_id, a.name as asset_name, a.type as asset_type, f.quantity, q.unit, f.lead_s,
       f.made_at, f.for_at, f.value, f.low, f.high, f.method, f.method_version, f.detail
from forecasts f
join assets a using (asset_id)
join territories t on t.territory_id = a.territory_id
join quantities q on q.quantity = f.quantity
where (f.asset_id, f.quantity, f.lead_s) > (%(after_asset)s::int, %(after_quantity)s::text, %(after_lead)s::int)
  and (%(territory)s::text is null or t.slug = %(territory)s)
  and (%(asset_id)s::int is null or f.asset_id = %(asset_id)s)
  and (%(type)s::text is null or a.type = %(type)s)
  and (%(quantity)s::text is null or f.quantity = %(quantity)s)
order by f.asset_id, f.quantity, f.lead_s
limit %(n)s

-- name: read_due_territories
-- Territories with assets of these types in which a forecast has not been made since `before`.
select t.territory_id, t.time_zone
from territories t
where exists (select from assets a
              where a.territory_id = t.territory_id and a.type = any (%(types)s) and a.retired_at is null)
  and not exists (select from hint_marks m
                  where m.territory_id = t.territory_id and m.hint = %(mark)s and m.version = %(version)s
                    and m.told_to > %(before)s)
order by t.territory_id

-- name: drop_old_forecasts
delete from forecasts f
using assets a
where a.asset_id = f.asset_id and a.territory_id = %(territory_id)s and a.type = any (%(types)s) and f.for_at < %(before)s
