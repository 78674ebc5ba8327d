//! All addresses of the GET routes, with every filter, order and page of a list.

/// What addresses may name.
#[derive(Clone)]
pub struct Named {
    /// The ticket's id.
    pub ticket: String,
    /// Its number.
    pub number: String,
    /// Its customer.
    pub customer: String,
    /// The agent who has it.
    pub agent: String,
}

/// The filters of the list of tickets; those in braces are filled in.
const FILTERS: &[&str] = &[
    "",
    "status=open,assigned,in_progress,waiting_customer,waiting_internal,escalated,reopened,resolved,closed",
    "status=escalated",
    "status=assigned",
    "priority=low,medium,high,urgent",
    "priority=high",
    "category=payment",
    "category=general,technical",
    "department=billing",
    "department=technical,general,complaints",
    "assignedTo=me",
    "assignedTo=none",
    "assignedTo={agent}",
    "customer={customer}",
    "tag=sekret-tag",
    "tag=sekret",
    "createdFrom=2025-10-01",
    "createdTo=2025-10-01",
    "createdTo=2025-10-01T08:00:00.000Z",
    "updatedFrom=2025-10-01T08:00:00Z",
    "sla=at_risk",
    "sla=breached",
    "q=sekret",
    "q=sekret*",
    "q=-sekret",
    "q=inhouse",
    "q=-inhouse",
    "q=%22sekret%20words%22",
    "q=help%20-sekret",
    "q={number}",
    "customer={customer}&assignedTo={agent}&tag=sekret-tag&priority=high",
    "status=sekret&priority=sekret&assignedTo=sekret&customer=sekret&createdFrom=sekret&sla=x&sort=x&cursor=x",
];

const SORTS: &[&str] = &[
    "sort=createdAt",
    "sort=-createdAt",
    "sort=updatedAt",
    "sort=-updatedAt",
    "sort=priority",
    "sort=-priority",
    "sort=slaDue",
    "sort=-slaDue",
    "sort=relevance",
    "sort=-relevance",
];

const PARTS: &[&str] = &["limit=100", "limit=1", "limit=2&page=2", "page=50"];

/// The addresses of a route.
#[expect(clippy::too_many_lines, reason = "a table: a row for each route")]
pub fn urls(route: &str, named: &Named) -> Vec<String> {
    let filled = |text: &str| {
        text.replace("{customer}", &named.customer)
            .replace("{agent}", &named.agent)
            .replace("{number}", &named.number)
    };
    match route {
        // Its numbers are others each time: `tests/processes/watching` looks at its words.
        "/metrics" => Vec::new(),
        // Its positions are others each time: `tests/it/live/leaks.rs` compares its events.
        "/api/v1/events" => Vec::new(),
        // They name the types of all entries of the history, and are the same for everybody.
        "/docs" | "/api/v1/openapi.json" | "/api/v1/notifications/preferences" => Vec::new(),
        "/api/v1/notifications" => ["", "?unread=true", "?limit=1"]
            .iter()
            .map(|query| format!("{route}{query}"))
            .collect(),
        "/health/live"
        | "/health/ready"
        | "/api/v1/auth/me"
        | "/api/v1/support/dashboard"
        | "/api/v1/support/availability"
        | "/api/v1/notifications/push"
        | "/api/v1/admin/queues"
        | "/api/v1/admin/sla-policies" => vec![route.to_owned()],
        "/api/v1/support/tickets" => lists()
            .map(|query| filled(&format!("{route}?{query}")))
            .collect(),
        "/api/v1/support/tickets/{id}" => vec![
            route.replace("{id}", &named.ticket),
            route.replace("{id}", &named.number),
            route.replace("{id}", "sekret"),
        ],
        "/api/v1/support/tickets/{id}/messages" | "/api/v1/support/tickets/{id}/history" => {
            [&named.ticket, &named.number]
                .iter()
                .flat_map(|id| {
                    let path = route.replace("{id}", id);
                    PARTS.iter().map(move |part| format!("{path}?{part}"))
                })
                .collect()
        }
        "/api/v1/auth/reset-password/{token}"
        | "/api/v1/auth/confirm-email/{token}"
        | "/api/v1/notifications/unsubscribe/{token}"
        | "/api/v1/support/survey/{token}" => vec![
            route.replace("{token}", "nonsense"),
            route.replace("{token}", &named.ticket),
        ],
        "/api/v1/support/stats"
        | "/api/v1/support/stats/agents"
        | "/api/v1/support/stats/departments"
        | "/api/v1/support/stats/categories"
        | "/api/v1/support/stats/sla"
        | "/api/v1/support/stats/satisfaction"
        | "/api/v1/support/stats/backlog" => [
            "",
            "?agentId={agent}",
            "?startDate=2025-10-01&endDate=2025-10-01",
        ]
        .iter()
        .map(|query| filled(&format!("{route}{query}")))
        .collect(),
        "/api/v1/support/tickets/suggest" => [
            "",
            "?q=sekret",
            "?q=sek",
            "?q=inhouse",
            "?q=s",
            "?q={number}",
            "?q=TKT",
        ]
        .iter()
        .map(|query| filled(&format!("{route}{query}")))
        .collect(),
        "/api/v1/support/customers" => [
            "",
            "?q=sekret",
            "?q=kim",
            "?q=%2B254799999902",
            "?q=zoe&limit=1",
        ]
        .iter()
        .map(|query| format!("{route}{query}"))
        .collect(),
        "/api/v1/admin/users" => ["", "?q=sekret", "?role=customer", "?limit=1"]
            .iter()
            .map(|query| format!("{route}{query}"))
            .collect(),
        "/api/v1/admin/users/{id}" => [&named.customer, &named.agent]
            .iter()
            .map(|id| route.replace("{id}", id))
            .collect(),
        // The files of a ticket have tests of their own: here the ticket's id is that of no file.
        "/api/v1/support/attachments/{id}" => vec![route.replace("{id}", &named.ticket)],
        "/api/v1/admin/jobs" => vec![route.to_owned(), format!("{route}?state=done&limit=100")],
        "/api/v1/admin/webhooks" => vec![route.to_owned()],
        // Webhooks are of admins alone, and have tests of their own: here the ticket's id is that of none.
        "/api/v1/admin/webhooks/{id}" | "/api/v1/admin/webhooks/{id}/deliveries" => {
            vec![route.replace("{id}", &named.ticket)]
        }
        "/api/v1/admin/jobs/{id}" => vec![route.replace("{id}", "1")],
        new => panic!("{new} has no case: say by which addresses it may be asked"),
    }
}

/// Each filter in the usual order, each order without a filter, and each of these in parts.
fn lists() -> impl Iterator<Item = String> {
    let ways = FILTERS.iter().chain(SORTS);
    ways.flat_map(|way| PARTS.iter().map(move |part| format!("{way}&{part}")))
}
