-- Notifications that wait until their address is confirmed, to be found by the person who confirms it.
create index notifications_held on notifications (user_id, created_at) where status = 'held';
