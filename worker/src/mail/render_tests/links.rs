//! Links: each leads to a page for people, and without a page words say what to do.

use super::*;

/// The links of a mail but the one that stops such mails, which is on every mail that can be refused.
fn hrefs(html: &str) -> Vec<&str> {
    let parts = html.split("href=\"").skip(1);
    let links = parts.map(|part| part.split('"').next().unwrap());
    links
        .filter(|link| !link.contains("/unsubscribe/"))
        .collect()
}

#[test]
fn without_a_page_of_the_ticket_no_mail_links_to_the_api() {
    for (template, language) in every_mail() {
        let mail = rendered(&content(template, language));
        let links = hrefs(&mail.html);
        let survey = template == Template::TicketClosed;
        assert_eq!(links.len(), if survey { 5 } else { 0 }, "{links:?}");
        let in_text = mail.text.matches("https://").count();
        let of_unsubscribe = mail
            .text
            .matches("/api/v1/notifications/unsubscribe/")
            .count();
        assert_eq!((in_text, of_unsubscribe), (links.len() + 1, 1));
        for link in links {
            let (_, path) = link.split_once("/api/v1/").unwrap();
            assert!(path.starts_with("support/survey/"), "{link}");
        }
        // Number and place.
        let words = mail
            .text
            .lines()
            .find(|line| line.contains("Pamoja & Sons") && line.contains("TKT-1759307400-000001"));
        assert!(words.is_some(), "{template} {language}: {}", mail.text);
    }
}

#[test]
fn with_a_page_of_the_ticket_every_mail_about_a_ticket_has_a_button_to_it() {
    let page = "https://app.example.org/t?a=1&number=TKT-1759307400-000001";
    for (template, language) in every_mail() {
        let mail = rendered_with(&content(template, language), &links_to_tickets());
        assert!(mail.text.lines().any(|line| line == page), "{}", mail.text);
        let button = page.replace('&', "&amp;");
        let links = hrefs(&mail.html);
        let buttons = links.iter().filter(|link| **link == button).count();
        assert_eq!(buttons, 1, "{template}: {links:?}");
    }
}

#[test]
fn each_star_of_the_survey_links_to_the_form_with_that_rating() {
    let mail = rendered(&content(Template::TicketClosed, "en"));
    let links = hrefs(&mail.html);
    for (stars, link) in (1..).zip(&links) {
        assert!(link.ends_with(&format!("?rating={stars}")), "{link}");
        assert!(
            mail.text
                .contains(&format!("{} {link}\n", "★".repeat(stars)))
        );
    }
    assert_eq!(links.len(), 5);
}
