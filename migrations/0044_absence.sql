-- Absence: an agent whose clients are all gone for AWAY_AFTER_MINUTES is treated as away until one is back. What the
-- agent set stays in `availability`.

-- When the agent last had a connected client, since the agent last set an availability. Null: none since then; such an
-- agent never becomes absent.
alter table agents add client_seen_at timestamptz;
-- Whether the agent is absent.
alter table agents add absent boolean not null default false;
-- When the last absence began or ended, since the agent last set an availability.
alter table agents add absence_changed_at timestamptz;

-- Since when connected agents have been noted without a gap: one row. While nobody notes them, as when the database was
-- unavailable, nobody becomes absent.
create table attendance (
    only_row boolean primary key default true check (only_row),
    since timestamptz not null,
    noted_at timestamptz not null
);
