-- How far each maintenance hint has been told for a territory; another version begins anew.
-- Locks: the tables that new ones refer to, against writes, for an instant.
create table hint_marks (
    territory_id  int not null constraint hint_marks_territory_id_fkey references territories,
    hint          text not null,
    version       text not null,
    told_to       timestamptz not null,
    constraint hint_marks_pkey primary key (territory_id, hint)
);
