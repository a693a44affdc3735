-- What a technician decides on and sees: devices that are ignored, replays that come later, who is heard and who not.
-- Locks: devices, rejections and replay_requests against writes while rows are checked and indexes are made (about a second
-- for a million rows).

alter table devices drop constraint devices_state_check;
alter table devices add constraint devices_state_check
    check (state in ('pending', 'ignored', 'accepted', 'active', 'retired'));
comment on column devices.state is 'pending: waits for acceptance; ignored: not ours, its messages stay refused.';
create index devices_ignored_idx on devices (territory_id, external_id) where state = 'ignored';
create index devices_gateway_id_idx on devices (gateway_id) where gateway_id is not null;

-- What is kept of one stranger is counted without reading what is kept of all.
create index rejections_stranger_idx on rejections (territory_id, device, rejection_id)
    where resolved_at is null and reason = 'unknown_device';

-- A worker knows of an acceptance after some seconds. What it refuses meanwhile is taken up by a second replay.
alter table replay_requests add column due_at timestamptz not null default clock_timestamp();

-- Is a device heard? In this order: said to be offline (a last will, a death) and not heard since; silent; heard; said
-- to be online. Silence is three declared intervals, and ten minutes at least, without a value that was stored and without
-- word that the device is online. A gateway is heard through the devices behind it too, and silent when all are that
-- declare an interval.
create view device_standings as
select d.device_id, d.territory_id,
       case judged.basis when 'silence' then 'offline' when 'heard' then 'online' when 'statement' then said.presence
            else 'unknown' end as presence,
       judged.basis as presence_basis,
       case judged.basis when 'silence' then heard.at when 'statement' then said.changed_at end as presence_since,
       case judged.basis when 'statement' then said.through end as presence_through,
       heard.at as last_heard_at,
       (select max(l.observed_at) from series s join last_values l using (series_id) where s.device_id = d.device_id)
           as last_observed_at
from devices d
left join device_presences said using (device_id)
cross join lateral (
    select max(last.at) as at,
           bool_and(now() - last.at > greatest(make_interval(secs => 3 * speaker.interval_s), interval '10 minutes'))
               filter (where speaker.interval_s is not null and last.at is not null) as is_silent
    from (
        select device_id, interval_s from devices where device_id = d.device_id
        union all
        select device_id, interval_s from devices where gateway_id = d.device_id and state in ('accepted', 'active')
    ) as speaker
    cross join lateral (
        select greatest(
            (select max(b.received_at)
             from series s
             join last_values l using (series_id)
             join batches b on b.batch_id = l.batch_id
             where s.device_id = speaker.device_id),
            (select p.changed_at from device_presences p where p.device_id = speaker.device_id and p.presence = 'online')
        ) as at
        offset 0 -- computed once a speaker, not once a use
    ) as last
) as heard
cross join lateral (
    select case
        when said.presence = 'offline' and (heard.at is null or heard.at <= said.changed_at) then 'statement'
        when heard.is_silent then 'silence'
        when said.presence = 'online' and said.changed_at = heard.at then 'statement'
        when not heard.is_silent or said.presence = 'offline' then 'heard'
        when said.presence = 'online' then 'statement'
    end as basis
) as judged;
comment on column device_standings.presence_basis is 'statement: a last will, a birth or the like; heard or silence: values against the declared interval.';
comment on column device_standings.presence_since is 'Null where it is not known since when the device is heard.';
