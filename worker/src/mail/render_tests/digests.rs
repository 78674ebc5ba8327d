//! Digests: each notification once, by ticket.

use super::*;
use domain::ids::DigestId;

fn several(language: &str) -> Vec<Content> {
    let about = |template, number| {
        let mut content = content(template, language);
        content.ticket.number = TicketNumber::new(at(), number);
        content
    };
    vec![
        about(Template::SlaAtRisk, 1),
        about(Template::CustomerReplied, 2),
        about(Template::SlaBreached, 1),
    ]
}

fn digest(language: &str, links: &Links) -> String {
    let titles = Renderer::new(&brand()).unwrap();
    let contents = several(language);
    let view = View::of_digest(&contents, &titles, links, at()).unwrap();
    let rendered = titles.render_digest(language, &view).unwrap();
    let id = DigestId(uuid::Uuid::from_u128(12));
    let mail = composer().about_several(id, &contents[0].person, rendered, at());
    String::from_utf8(mail.unwrap().formatted()).unwrap()
}

#[test]
fn a_digest_names_each_notification_once_under_its_ticket() {
    let titles = Renderer::new(&brand()).unwrap();
    for (language, title) in [
        ("en", "3 ticket updates"),
        ("sw", "Taarifa 3 za tiketi"),
        ("fr", "3 nouvelles de vos tickets"),
    ] {
        let view = View::of_digest(&several(language), &titles, &links(), at()).unwrap();
        let rendered = titles.render_digest(language, &view).unwrap();
        assert_eq!(rendered.subject, title);
        for number in ["TKT-1759307400-000001", "TKT-1759307400-000002"] {
            assert_eq!(
                rendered.text.matches(number).count(),
                1 + links_in(&rendered.text, number)
            );
        }
        let lines = rendered.text.lines().filter(|line| line.starts_with("- "));
        assert_eq!(lines.count(), 3, "{}", rendered.text);
        assert!(!rendered.html.contains("<script>"), "{}", rendered.html);
    }
}

fn links_in(text: &str, number: &str) -> usize {
    text.lines()
        .filter(|line| line.starts_with("http") && line.contains(number))
        .count()
}

#[test]
fn a_digest_has_its_own_message_id_and_a_link_that_stops_such_mails() {
    let mail = digest("en", &links());
    for header in [
        "Message-ID: <00000000-0000-0000-0000-00000000000c@example.org>\r\n",
        "Auto-Submitted: auto-generated\r\n",
        "List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n",
    ] {
        assert!(mail.contains(header), "{header} is missing in {mail}");
    }
    assert!(!mail.contains("\r\nReferences:"), "{mail}");
}
