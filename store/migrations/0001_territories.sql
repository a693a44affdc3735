-- Who: the tree of tenants (region, intercommunality, commune) and its closure, kept by a trigger.
-- Locks: nothing: all it makes is new.

create table territories (
    territory_id  int generated always as identity primary key,
    slug          text not null constraint territories_slug_key unique
                  constraint territories_slug_check check (slug ~ '^[a-z0-9-]{1,63}$'),
    name          text not null,
    kind          text not null
                  constraint territories_kind_check check (kind in ('region', 'intercommunality', 'commune', 'other')),
    parent_id     int constraint territories_parent_id_fkey references territories,
    time_zone     text not null default 'Europe/Paris',
    created_at    timestamptz not null default now()
);

-- Every territory is in its own subtree, so a right on the ancestor is one join away.
create table territory_subtrees (
    ancestor_id   int not null constraint territory_subtrees_ancestor_id_fkey references territories on delete cascade,
    territory_id  int not null constraint territory_subtrees_territory_id_fkey references territories on delete cascade,
    constraint territory_subtrees_pkey primary key (ancestor_id, territory_id)
);

create function rebuild_territory_subtrees() returns trigger language plpgsql as $$
begin
    delete from territory_subtrees;
    insert into territory_subtrees (ancestor_id, territory_id)
    with recursive tree (ancestor_id, territory_id) as (
        select territory_id, territory_id from territories
        union
        select tree.ancestor_id, child.territory_id
        from tree join territories child on child.parent_id = tree.territory_id
    )
    select ancestor_id, territory_id from tree;
    return null;
end
$$;

create trigger territories_subtrees_trigger
after insert or update of parent_id or delete on territories
for each statement execute function rebuild_territory_subtrees();
