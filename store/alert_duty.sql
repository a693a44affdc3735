-- name: list_on_call
-- Turns are counted as by who sends: civil days from the first on, handed over by the clock of the territory.
select r.rota_id, t.slug as territory, r.name as rota, r.members[1 + turn.n %% cardinality(r.members)] as on_call,
       r.members[1 + (turn.n + 1) %% cardinality(r.members)] as next,
       (r.first_on + (turn.n + 1) * r.days_each + r.hand_over) at time zone t.time_zone as until
from alert_rotas r
join territories t using (territory_id)
cross join lateral (
    select greatest(0, ((%(now)s::timestamptz at time zone t.time_zone - r.hand_over::interval)::date - r.first_on)
                       / r.days_each) as n
) as turn
where r.rota_id > %(after)s
  and (%(territory)s::text is null or t.slug = %(territory)s)
order by r.rota_id
limit %(n)s

-- name: list_messages
-- Given up without an attempt: it had settled itself, or somebody had acknowledged it, before the mute was over.
select m.message_id, m.channel, m.way, m.step, m.release_at, m.n_attempts,
       case when m.delivered_at is not null then 'delivered'
            when m.given_up_at is null then 'waiting'
            when m.n_attempts = 0 then 'dropped'
            else 'failed' end as state,
       coalesce(m.delivered_at, m.given_up_at) as settled_at
from alert_messages m
where m.alert_id = %(alert_id)s and m.message_id > %(after)s
order by m.message_id
limit %(n)s
