-- The rounds planned for a day, with what people take along: a map, a file for navigation devices, a sheet.
-- Locks: territories against writes, for an instant.

create table planned_rounds (
    planned_rounds_id  int generated always as identity primary key,
    territory_id       int not null constraint planned_rounds_territory_id_fkey references territories,
    day                date not null,
    waste_stream       text not null,
    made_at            timestamptz not null,
    summary            jsonb not null,
    geojson            jsonb not null,
    gpx                text not null,
    sheet_fr           text not null,
    sheet_en           text not null,
    constraint planned_rounds_territory_id_day_waste_stream_key unique (territory_id, day, waste_stream)
);
comment on table planned_rounds is 'One row per day and waste stream; a plan made anew takes the place of the one before.';
comment on column planned_rounds.summary is 'Counts, distance [km], and what the plan rests on: solver, seed, distances, assumptions.';
