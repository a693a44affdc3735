-- From when to when things stood in an asset's place before the one that stands there now: each ended.
-- Locks: assets for an instant.
alter table assets add column past_lives tstzrange[];
