-- Tickets, their messages, their history and their clocks.

create sequence ticket_sequence;

create table tickets (
    id uuid primary key,
    number text not null,
    customer_id uuid not null references users,
    assigned_to uuid references users,
    subject text not null,
    description text not null,
    category text not null,
    priority text not null,
    -- The place of the priority in order, for sorting and for the queue: 0 is low, 3 urgent.
    priority_rank smallint generated always as (
        case priority when 'urgent' then 3 when 'high' then 2 when 'medium' then 1 else 0 end
    ) stored,
    status text not null,
    department text not null,
    language text not null,
    tags text[] not null,
    attachments jsonb not null,
    related_booking text,
    related_transaction text,
    related_conversation text,
    -- The policy in force, kept so that a later change of the policies rewrites no history.
    policy jsonb not null,
    escalation_level integer not null,
    resolution jsonb,
    -- Who held it when it was resolved: whom a rating counts for.
    resolved_for uuid references users,
    rating smallint check (rating between 1 and 5),
    rating_feedback text,
    rated_at timestamptz,
    reopened_count integer not null,
    -- Since when a question to the customer stands, and whether a reminder went out for it.
    waiting_since timestamptz,
    reminded_at timestamptz,
    -- Who handed it back last: automation looks for somebody else.
    handed_back_by uuid references users,
    version bigint not null,
    created_at timestamptz not null,
    updated_at timestamptz not null,
    assigned_at timestamptz,
    first_response_at timestamptz,
    resolved_at timestamptz,
    closed_at timestamptz
);
create unique index tickets_number_key on tickets (number);
-- GET /tickets of a customer, of an agent and of everybody, newest first.
create index tickets_of_customer on tickets (customer_id, created_at desc, id desc);
create index tickets_of_agent on tickets (assigned_to, created_at desc, id desc);
create index tickets_newest on tickets (created_at desc, id desc);
-- Filters of the list.
create index tickets_status_priority on tickets (status, priority);
create index tickets_category on tickets (category);
-- An agent's load and the dashboard.
create index tickets_held on tickets (assigned_to, status) where status not in ('resolved', 'closed');
-- What waits for an agent, in the order in which it is to be given out.
create index tickets_waiting on tickets (department, priority_rank desc, created_at, id)
    where assigned_to is null and status not in ('resolved', 'closed');
-- The dashboard's urgent tickets.
create index tickets_urgent on tickets (created_at) where priority = 'urgent' and status not in ('resolved', 'closed');
-- Auto-close: what was resolved long ago, and what has waited for a customer for long.
create index tickets_resolved on tickets (resolved_at) where status = 'resolved';
create index tickets_waiting_customer on tickets (waiting_since) where status = 'waiting_customer';

create table messages (
    id uuid primary key,
    ticket_id uuid not null references tickets,
    -- Nobody: the system.
    sender_id uuid references users,
    sender_type text not null,
    body text not null,
    attachments jsonb not null,
    is_internal boolean not null,
    created_at timestamptz not null,
    -- The order of what was said at one instant.
    position bigint generated always as identity
);
create index messages_of_ticket on messages (ticket_id, created_at, position);

create table ticket_events (
    id uuid primary key,
    ticket_id uuid not null references tickets,
    at timestamptz not null,
    -- Nobody: the system.
    actor_id uuid references users,
    actor_role text,
    -- Happened, as JSON with its tag.
    what jsonb not null,
    is_public boolean not null,
    -- The order of what happened at one instant.
    position bigint generated always as identity
);
create index ticket_events_of_ticket on ticket_events (ticket_id, at, position);

-- One row for each clock and cycle of a ticket.
create table sla_clocks (
    ticket_id uuid not null references tickets,
    metric text not null,
    cycle integer not null,
    started_at timestamptz not null,
    target_minutes integer not null,
    -- The share of the target after which a warning is given, in percent.
    at_risk_percent smallint not null,
    -- Set while the clock stands still.
    paused_at timestamptz,
    paused_micros bigint not null,
    warn_at timestamptz not null,
    due_at timestamptz not null,
    stopped_at timestamptz,
    -- Set once they are on record, to the instant that each was due.
    warned_at timestamptz,
    breached_at timestamptz,
    -- The next instant at which the sweep has something to do; null when there is none.
    next_at timestamptz,
    primary key (ticket_id, metric, cycle)
);
-- The sweep: what is due, oldest first, whatever else is open.
create index sla_clocks_due on sla_clocks (next_at) where next_at is not null;

-- The policies, tried in order; the first that fits a ticket is its policy.
create table sla_policies (
    position integer primary key,
    policy jsonb not null
);
