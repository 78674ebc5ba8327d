-- Notifications on every channel.

insert into queue_control (queue, depth) values ('push', 50), ('sms', 50);
