-- Sources whose messages are posted; what codecs are told beside the bytes; what a message with state had said.
-- Locks: sources and rejections against reads and writes for an instant (a check of a few rows, a column without values).

alter table sources drop constraint sources_url_check;
alter table sources add constraint sources_url_check check (url ~ '^mqtts?://[^/@]+$' or url = 'http:');
comment on column sources.url is 'http: stands for no broker: its rules read what is posted in the source''s name.';

create table codec_variables (
    kind          text not null constraint codec_variables_kind_check check (kind in ('profile', 'device')),
    target        text not null,
    territory_id  int constraint codec_variables_territory_id_fkey references territories,
    name          text not null constraint codec_variables_name_check check (length(name) between 1 and 100),
    value         text not null constraint codec_variables_value_check check (length(value) <= 1000),
    constraint codec_variables_key unique nulls not distinct (kind, target, territory_id, name),
    constraint codec_variables_territory_id_check check (kind = 'profile' or territory_id is not null)
);
comment on column codec_variables.target is 'A device profile (lower case, letters and digits only), or an external id.';
comment on column codec_variables.territory_id is 'Only messages that speak for this territory; null: of every territory.';

alter table rejections add column uplink bytea;
comment on column rejections.uplink is 'What the refused uplink said, as JSON, where its bytes alone do not say it: formats with state.';
