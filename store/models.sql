-- name: lock_family
-- Two trainings at once must not give the same version.
select pg_advisory_xact_lock(hashtext('models ' || %(family)s))

-- name: add_model
insert into models (territory_id, family, version, trained_at, trained_by, score, card, content)
select %(territory_id)s, %(family)s, coalesce(max(m.version), 0) + 1, %(trained_at)s, %(trained_by)s, %(score)s, %(card)s,
       %(content)s
from models m
where m.family = %(family)s and m.territory_id is not distinct from %(territory_id)s
returning model_id, version

-- name: list_models
select m.model_id, m.territory_id, t.slug, m.family, m.version, m.trained_at, m.trained_by, m.score, m.card,
       m.model_id = (
           select p.model_id from model_promotions p join models o using (model_id)
           where o.family = m.family and o.territory_id is not distinct from m.territory_id
           order by p.promotion_id desc limit 1
       ) is true as is_champion
from models m
left join territories t using (territory_id)
where %(family)s::text is null or m.family = %(family)s
order by m.family, t.slug nulls first, m.version

-- name: read_model_content
select content from models where model_id = %(model_id)s

-- name: promote_model
insert into model_promotions (model_id, at, actor, reason)
values (%(model_id)s, %(at)s, %(actor)s, %(reason)s)

-- name: list_promotions
select at, actor, reason from model_promotions where model_id = %(model_id)s order by promotion_id

-- name: read_asset_lives
-- Assets that are retired or still there. Those installed before they were entered were seen alive only since then;
-- what was put in the place of another later on begins anew, and the life of the other ended then.
select a.slug, a.type, greatest(0, extract(epoch from a.created_at - life.begins_at) / 86400),
       extract(epoch from coalesce(life.ended_at, %(at)s) - life.begins_at) / 86400, life.ended_at is not null,
       greatest(a.created_at, life.begins_at)
from assets a
cross join lateral (
    select greatest(
               coalesce(case when pg_input_is_valid(a.attributes ->> 'installed_on', 'date')
                             then (a.attributes ->> 'installed_on')::date::timestamptz end, a.created_at),
               (select max(upper(past)) from unnest(a.past_lives) as past)) as begins_at,
           a.retired_at as ended_at
    union all
    select lower(past), case when upper(past) <= %(at)s then upper(past) end from unnest(a.past_lives) as past
) as life
where a.created_at < %(at)s and (life.ended_at is null or life.ended_at <= %(at)s)
  and coalesce(life.ended_at, %(at)s) > greatest(a.created_at, life.begins_at)
  and (%(territory_id)s::int is null or a.territory_id in (
      select s.territory_id from territory_subtrees s where s.ancestor_id = %(territory_id)s))
order by a.territory_id, a.slug, life.begins_at
