-- name: read_round_containers
select a.asset_id, a.slug, a.name, a.attributes ->> 'address', a.longitude, a.latitude, a.attributes ->> 'sector',
       a.attributes ->> 'waste_stream',
       case when jsonb_typeof(a.attributes -> 'capacity_l') = 'number' then (a.attributes ->> 'capacity_l')::float8 end,
       a.attributes ->> 'open_from', a.attributes ->> 'open_to',
       case when jsonb_typeof(a.attributes -> 'service_s') = 'number' then (a.attributes ->> 'service_s')::float8 end
from assets a
where a.territory_id = %(territory_id)s and a.type = 'waste_container'
  and (a.retired_at is null or a.retired_at > %(at)s)
order by a.asset_id

-- name: save_planned_rounds
insert into planned_rounds (territory_id, day, waste_stream, made_at, summary, geojson, gpx, sheet_fr, sheet_en)
values (%(territory_id)s, %(day)s, %(waste_stream)s, %(made_at)s, %(summary)s, %(geojson)s, %(gpx)s, %(sheet_fr)s,
        %(sheet_en)s)
on conflict (territory_id, day, waste_stream) do update
set made_at = excluded.made_at, summary = excluded.summary, geojson = excluded.geojson, gpx = excluded.gpx,
    sheet_fr = excluded.sheet_fr, sheet_en = excluded.sheet_en
returning planned_rounds_id

-- name: drop_other_streams
-- Streams for which the new plan of a day has no rounds any more.
delete from planned_rounds
where territory_id = %(territory_id)s and day = %(day)s and not waste_stream = any (%(waste_streams)s::text[])

-- name: list_planned_rounds
select p.planned_rounds_id, t.slug as territory, p.day, p.waste_stream, p.made_at, p.summary
from planned_rounds p
join territories t using (territory_id)
where (%(after)s = 0 or p.planned_rounds_id < %(after)s)
  and (%(territory)s::text is null or t.slug = %(territory)s)
  and (%(day)s::date is null or p.day = %(day)s)
order by p.planned_rounds_id desc
limit %(n)s

-- name: read_planned_rounds
select p.planned_rounds_id, t.slug as territory, p.day, p.waste_stream, p.made_at, p.summary
from planned_rounds p
join territories t using (territory_id)
where p.planned_rounds_id = %(planned_rounds_id)s

-- name: read_planned_file
select case %(format)s when 'geojson' then p.geojson::text when 'gpx' then p.gpx
            else case when %(language)s = 'fr' then p.sheet_fr else p.sheet_en end end
from planned_rounds p
where p.planned_rounds_id = %(planned_rounds_id)s
