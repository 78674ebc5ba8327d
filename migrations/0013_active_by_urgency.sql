-- GET /tickets?sort=priority with a status that is active: few of the most urgent tickets of all time are.
create index tickets_active_urgency on tickets (priority_rank, id) where status not in ('resolved', 'closed');
