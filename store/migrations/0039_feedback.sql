-- What technicians say of findings, how many alarms they can look after, and thresholds moved to fit.
-- Locks: findings against all else for an instant, the tables that new ones refer to against writes for an instant.

alter table findings add column is_silenced boolean not null default false;
comment on column findings.is_silenced is 'Judged a false alarm or known: it is no alarm any more, until it closes. Never of a safety kind.';

create table verdicts (
    verdict_id  bigint generated always as identity constraint verdicts_pkey primary key,
    finding_id  bigint not null constraint verdicts_finding_id_fkey references findings on delete cascade,
    verdict     text not null
                constraint verdicts_verdict_check check (verdict in ('confirmed', 'false_alarm', 'known', 'withdrawn')),
    who         text not null,
    note        text not null default '',
    failed_at   timestamptz,
    given_at    timestamptz not null default clock_timestamp(),
    given_by    text not null,
    is_current  boolean not null default true
);
create unique index verdicts_current_key on verdicts (finding_id) where is_current;
create index verdicts_finding_id_idx on verdicts (finding_id);
comment on column verdicts.failed_at is 'When the thing had failed, as the technician found it; null: not said.';
comment on column verdicts.given_by is 'The key or command it came through.';

create table alarm_budgets (
    budget_id              int generated always as identity constraint alarm_budgets_pkey primary key,
    territory_id           int not null constraint alarm_budgets_territory_id_key unique
                           constraint alarm_budgets_territory_id_fkey references territories,
    alarms_per_technician  float8 not null
                           constraint alarm_budgets_alarms_per_technician_check check (alarms_per_technician > 0),
    n_technicians          int not null constraint alarm_budgets_n_technicians_check check (n_technicians > 0)
);
comment on column alarm_budgets.alarms_per_technician is 'In a week.';

create table thresholds (
    threshold_id  bigint generated always as identity constraint thresholds_pkey primary key,
    territory_id  int not null constraint thresholds_territory_id_fkey references territories,
    kind          text not null,
    asset_type    text not null default '',
    factor        float8 not null constraint thresholds_factor_check check (factor between 0.5 and 4),
    factor_before float8 not null,
    reason        text not null constraint thresholds_reason_check
                  check (reason in ('mostly_false', 'over_budget', 'well_confirmed', 'room', 'by_hand', 'released')),
    detail        jsonb not null default '{}',
    is_held       boolean not null default false,
    moved_at      timestamptz not null default clock_timestamp(),
    moved_by      text not null,
    is_current    boolean not null default true
);
create unique index thresholds_current_key on thresholds (territory_id, kind, asset_type) where is_current;
comment on table thresholds is 'Every move of a threshold: its factor before and after, why, and who. Rows that stand are current.';
comment on column thresholds.is_held is 'Set by a person: the daily rule leaves it alone.';

create table alarm_loads (
    territory_id  int not null constraint alarm_loads_territory_id_fkey references territories,
    day           date not null,
    n_alarms      int not null,
    budget        float8 not null,
    n_moved       int not null,
    constraint alarm_loads_pkey primary key (territory_id, day)
);
comment on table alarm_loads is 'Alarms of the seven days before a civil day against the budget of a week, when thresholds were looked at.';

-- An end of Wilson's interval for a share (Wilson 1927, DOI 10.1080/01621459.1927.10502953): z below 0 is the lower.
create function wilson_bound(n_yes bigint, n bigint, z float8) returns float8
language sql immutable parallel safe
as $$
    select case when n > 0 then
        greatest(0, least(1, (n_yes::float8 / n + z * z / (2 * n)
            + z * sqrt(greatest(0, (n_yes::float8 / n) * (1 - n_yes::float8 / n) / n + z * z / (4.0 * n * n))))
            / (1 + z * z / n)))
    end
$$;

-- How often each model was right, by what technicians said in the last year. "Known" is right but no news, and counts
-- on neither side. Lead times are medians, over confirmed findings of which it is said when the thing had failed.
create view finding_precisions as
with judged as (
    select f.territory_id, f.kind, f.model, coalesce(a.type, '') as asset_type, v.verdict, v.failed_at, f.started_at,
           f.created_at, f.finding_id
    from findings f
    left join assets a on a.asset_id = f.asset_id
    left join verdicts v on v.finding_id = f.finding_id and v.is_current and v.verdict <> 'withdrawn'
    where coalesce(v.given_at, f.created_at) > now() - interval '365 days'
), counted as (
    select territory_id, kind, model, asset_type, count(*) as n_findings,
           count(*) filter (where verdict = 'confirmed') as n_confirmed,
           count(*) filter (where verdict = 'false_alarm') as n_false,
           count(*) filter (where verdict = 'known') as n_known,
           count(failed_at) filter (where verdict = 'confirmed') as n_lead,
           percentile_cont(0.5) within group (order by extract(epoch from failed_at - started_at) / 3600)
               filter (where verdict = 'confirmed' and failed_at is not null) as lead_h,
           percentile_cont(0.5) within group (order by extract(epoch from failed_at - created_at) / 3600)
               filter (where verdict = 'confirmed' and failed_at is not null) as warned_h
    from judged
    group by territory_id, kind, model, asset_type
)
select territory_id, kind, model, asset_type, n_findings, n_confirmed, n_false, n_known,
       n_confirmed::float8 / nullif(n_confirmed + n_false, 0) as precision,
       wilson_bound(n_confirmed, n_confirmed + n_false, -1.959964) as low,
       wilson_bound(n_confirmed, n_confirmed + n_false, 1.959964) as high,
       n_lead, lead_h, warned_h
from counted;
