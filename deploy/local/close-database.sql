-- Once per database, by its superuser: what PostgreSQL lets every role do that would let a reader of one territory stand
-- in the way of all others. Advisory locks are Vigie's own order of turns, and stay with the database's owner; large
-- objects and messages into the log fill the disk. Run again, it changes nothing.
do $$
declare
    closed regprocedure;
begin
    for closed in
        select oid from pg_proc
        where pronamespace = 'pg_catalog'::regnamespace
          and (proname ~ '^pg_(try_)?advisory_' or proname ~ '^lo_'
               or proname in ('loread', 'lowrite', 'pg_logical_emit_message'))
    loop
        execute format('revoke execute on function %s from public', closed);
        if closed::text ~ 'advisory_' then
            execute format('grant execute on function %s to pg_database_owner', closed);
        end if;
    end loop;
end
$$;
