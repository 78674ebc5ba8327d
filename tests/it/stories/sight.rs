//! Who sees which ticket: the rules, the lists and the look-up of one ticket agree.

use crate::harness::{App, Caller, TICKETS};
use actions::tickets::{Target, mentions, read};
use domain::{
    actor::Actor,
    people::Role,
    tickets::{
        TicketKey,
        access::{self, Action, Mention, Scope},
        list::{Filter, Paging, Start},
    },
};
use serde_json::json;
use std::collections::BTreeSet;

/// Everybody there is, with the employee ids that notes name.
async fn people(app: &App) -> Vec<Caller> {
    let staff = |id: &str| json!({"department": "complaints", "employeeId": id});
    vec![
        app.customer("Ann").await,
        app.customer("Zoe").await,
        app.person("Ted", Role::Technician, json!(null)).await,
        app.person("Sam", Role::Support, staff("S")).await,
        app.person("Kim", Role::Support, staff("K")).await,
        app.person("Tom", Role::Support, staff("T")).await,
        app.person("Eve", Role::Admin, staff("E")).await,
    ]
}

/// Tickets of two customers: with nobody, with two agents and an admin; with notes for each, for
/// several, for none, and with one that was redacted; active and closed.
async fn tickets(people: &[Caller]) -> Vec<String> {
    let [ann, zoe, _, sam, kim, _, eve] = people else {
        panic!("seven people")
    };
    let mut tickets = Vec::new();
    let notes = [
        "",
        "@K",
        "@T",
        "@K and @T and @E",
        "@S @K",
        "@nobody",
        "!@K",
    ];
    for (customer, assignee) in [
        (ann, None),
        (zoe, Some(sam)),
        (ann, Some(kim)),
        (ann, Some(eve)),
    ] {
        for (number, note) in notes.iter().enumerate() {
            let id = customer.asks("general", "low").await;
            if let Some(assignee) = assignee {
                let assign = json!({"agentId": assignee.id(), "force": true});
                eve.does("assign", &id, assign).await.ok();
            }
            if !note.is_empty() {
                let said = eve.notes(&id, note).await;
                if note.starts_with('!') {
                    eve.redacts(&id, &said).await.ok();
                }
            }
            if number % 2 == 1 && assignee.is_some() {
                eve.closes(&id).await.ok();
            }
            tickets.push(id);
        }
    }
    tickets
}

#[expect(
    clippy::too_many_lines,
    reason = "one matrix: people, tickets, and four ways to see them"
)]
#[tokio::test]
async fn a_list_has_exactly_the_tickets_that_the_rules_let_each_person_see() {
    let app = App::new().await;
    let people = people(&app).await;
    let all = tickets(&people).await;
    let now = app.now();
    let (mut seen, mut hidden, mut by_mention) = (0, 0, 0);
    for person in &people {
        let role: String = sqlx::query_scalar("select role from users where id = $1::uuid")
            .bind(person.id())
            .fetch_one(&app.cx.pool)
            .await
            .unwrap();
        let actor = Actor {
            id: person.id().parse().unwrap(),
            role: role.parse().unwrap(),
        };
        let filter = Filter::default();
        let paging = Paging {
            start: Start::Page(1),
            limit: 100,
        };
        let mut db = app.cx.pool.acquire().await.unwrap();
        let page =
            actions::tickets::list::page(&mut db, Scope::of(&actor), &filter, &paging, now).await;
        let page = page.unwrap();
        assert_eq!(
            usize::try_from(page.total).unwrap(),
            page.showing.tickets.len()
        );
        let listed: BTreeSet<_> = page
            .showing
            .tickets
            .iter()
            .map(|one| one.ticket.id.to_string())
            .collect();
        let mut db = app.cx.pool.acquire().await.unwrap();
        for id in &all {
            let eve = Actor {
                id: people[6].id().parse().unwrap(),
                role: Role::Admin,
            };
            let target = Target::from(TicketKey::parse(id).unwrap());
            let ticket = read::find(&mut db, &eve, &target, Action::See)
                .await
                .unwrap();
            let is_mentioned: bool = sqlx::query_scalar(
                "select exists (select from note_mentions where ticket_id = $1::uuid and user_id = $2::uuid)",
            )
            .bind(id)
            .bind(person.id())
            .fetch_one(&mut *db)
            .await
            .unwrap();
            let mention = if is_mentioned {
                Mention::Mentioned
            } else {
                Mention::NotMentioned
            };
            let may = access::may(&actor, Action::See, &ticket, mention).is_ok();
            assert_eq!(listed.contains(id), may, "{role} {id} {mention:?}");
            let shown = person.get(&format!("{TICKETS}/{id}")).await.status;
            assert_eq!(shown == 200, may, "{role} {id}: {shown}");
            let asked = mentions::may(&mut db, &actor, Action::See, &ticket)
                .await
                .unwrap();
            assert_eq!(asked.is_ok(), may);
            let without = access::may(&actor, Action::See, &ticket, Mention::NotMentioned);
            if may {
                seen += 1;
            } else {
                hidden += 1;
            }
            by_mention += i32::from(may && without.is_err());
        }
    }
    assert!(
        seen > 50 && hidden > 50 && by_mention > 10,
        "{seen} {hidden} {by_mention}"
    );
}
