-- name: read_project_entries
select p.project_id, p.slug, p.domain, p.started_on, p.cost_eur,
       (select count(*) from projects o where o.territory_id = p.territory_id and o.domain = p.domain) = 1,
       (select count(*) from project_assets pa where pa.project_id = p.project_id)::int
from projects p
where p.territory_id = %(territory_id)s and p.started_on < %(before)s
order by p.slug

-- name: read_invoices
select i.project_id, i.number, i.invoiced_on, i.amount_eur, i.what, i.is_eligible
from project_invoices i
join projects p using (project_id)
where p.territory_id = %(territory_id)s
order by i.project_id, i.invoiced_on, i.number

-- name: read_subsidies
select s.project_id, s.eligible_from, s.granted_on, s.share, s.ceiling_eur, s.bonus, s.bonus_read_as, s.is_ambitious,
       s.least_own_share, s.years_to_finish, s.other_subsidies_eur
from project_subsidies s
join projects p using (project_id)
where p.territory_id = %(territory_id)s

-- name: read_assumptions
select a.project_id, a.horizon_years, a.discount_rate, a.price_growth, a.upkeep_eur
from project_assumptions a
join projects p using (project_id)
where p.territory_id = %(territory_id)s

-- name: read_indicators
select i.project_id, i.indicator, i.value, i.unit, i.observed_on, i.source
from project_indicators i
join projects p using (project_id)
where p.territory_id = %(territory_id)s
order by i.project_id, i.indicator, i.observed_on

-- name: read_worths
select w.project_id, w.kpi, w.source, w.eur, w.kgco2e
from project_worths w
join projects p using (project_id)
where p.territory_id = %(territory_id)s
order by w.project_id, w.kpi

-- name: read_month_figures
-- A month begins at midnight, or at noon of its first day; figures of single days are shorter.
with wanted as (
    select k.kpi, k.asset_id, k.value, k.low, k.high,
           date_trunc('month', lower(k.period) at time zone t.time_zone)::date as month
    from kpi_values k
    join territories t using (territory_id)
    where k.is_current and k.territory_id = %(territory_id)s and k.kpi = any (%(kpis)s)
      and lower(k.period) >= %(from)s and lower(k.period) < %(to)s
      and upper(k.period) - lower(k.period) > interval '27 days'
)
select p.slug, w.kpi, w.month, w.asset_id, w.value, w.low, w.high
from projects p
join project_assets using (project_id)
join wanted w using (asset_id)
where p.territory_id = %(territory_id)s
union all
select p.slug, w.kpi, w.month, w.asset_id, w.value, w.low, w.high
from projects p
cross join wanted w
where p.territory_id = %(territory_id)s and w.asset_id is null
order by 1, 2, 3, 4

-- name: find_projects
select t.territory_id, t.slug, t.time_zone, p.slug, p.name, p.domain, p.started_on
from projects p
join territories t using (territory_id)
where (%(territory)s::text is null or t.slug = %(territory)s) and (%(project)s::text is null or p.slug = %(project)s)
order by t.slug, p.slug
