-- What: schedules say on which weekdays they hold, so that a school is not held to be open on Sundays.
-- Locks: schedules, against everything, for an instant.

alter table schedules
    add column weekdays int[] not null default '{0,1,2,3,4,5,6}'
        constraint schedules_weekdays_check check (weekdays <@ array[0, 1, 2, 3, 4, 5, 6] and cardinality(weekdays) > 0);
comment on column schedules.weekdays is 'Monday 0; hours over midnight belong to the day on which they begin.';
