-- What operators decided against is kept as long as what is done.
create index jobs_cancelled on jobs (finished_at) where state = 'cancelled';
