-- The work that waits, ranked by what is to be lost if nothing is done.

-- name: list_maintenance
-- Where losses are equal, or not known, by number. A zone is an asset and all that hangs on it, at any depth.
select h.asset_id, t.slug as territory, a.slug, a.name as asset_name, a.type as asset_type, a.longitude, a.latitude,
       a.parent_id, h.day, h.health, h.within_7, h.within_30, h.within_90, h.left_d, h.left_low_d, h.left_high_d,
       h.people_eur, h.safety_eur, h.repair_eur, h.people_eur + h.safety_eur + h.repair_eur as consequence_eur,
       h.waiting_eur_per_day, h.expected_loss_eur, h.basis, h.calibration, h.reason_fr, h.reason_en, h.signals,
       h.finding_id, h.incident_id, h.model_version, h.scored_at
from asset_health h
join assets a using (asset_id)
join territories t on t.territory_id = h.territory_id
where h.is_current and a.retired_at is null
  and (%(after_asset)s = 0
       or (coalesce(h.expected_loss_eur, -1), -h.asset_id) < (coalesce(%(after_loss)s::float8, -1), -%(after_asset)s::int))
  and (%(territory)s::text is null or t.slug = %(territory)s)
  and (%(type)s::text is null or a.type = %(type)s)
  and (%(basis)s::text[] is null or h.basis = any (%(basis)s::text[]))
  and (%(asset_id)s::int is null or h.asset_id = %(asset_id)s)
  and (%(zone)s::int is null
       or a.asset_id in (
           with recursive below as (
               select %(zone)s::int as asset_id
               union
               select child.asset_id from assets child join below on child.parent_id = below.asset_id)
           select asset_id from below))
  and (%(west)s::float8 is null
       or a.longitude between %(west)s and %(east)s and a.latitude between %(south)s and %(north)s)
order by h.expected_loss_eur desc nulls last, h.asset_id
limit %(n)s
