-- When a spent refresh token was used a second time, within some seconds of the first: two tabs of one browser refresh
-- at once. Set once; a further use ends the session.
alter table refresh_tokens add column used_again_at timestamptz;
