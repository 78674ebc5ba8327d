-- A job that runs outside of a transaction, whose lease is over: whoever runs it has a grace (until `lease_until`) in
-- which to say that it is done, or that it goes on. A release that does not know of it takes such a job back at once.
alter table jobs add column overdue boolean not null default false;
