//! What mails promise to those who do not know us, to other programs, and when they are late.

use super::*;
use domain::notifications::content::ClockFacts;

#[test]
fn an_address_that_nobody_has_confirmed_is_only_asked_to_and_reads_nothing_that_anybody_wrote() {
    for kind in AccountEventKind::ALL {
        for language in ["en", "sw", "fr"] {
            let mut content = account_content(*kind, language);
            assert!(content.is_due(at()), "{kind}");
            content.person.confirmed = false;
            assert_eq!(content.is_due(at()), kind.link_lifetime().is_some());
            let mail = rendered_account(&content);
            for form in [&mail.subject, &mail.text, &mail.html] {
                assert!(!form.contains("alert(1)"), "{form}");
                assert!(!form.contains("amina") || !content.is_due(at()), "{form}");
            }
            let greeting = ["Hello,", "Habari,", "Bonjour,"];
            assert!(mail.text.lines().any(|line| greeting.contains(&line)));
            let mail = composed_account(&content);
            assert!(mail.contains("\r\nTo: amina@example.org\r\n"), "{mail}");
        }
    }
}

#[test]
fn who_went_back_to_an_address_is_not_told_that_it_was_left() {
    let mut content = account_content(AccountEventKind::EmailChanged, "en");
    assert!(content.is_due(at()));
    content.is_present = true;
    assert!(!content.is_due(at()));
}

#[test]
fn no_kind_of_line_break_leads_out_of_a_quotation() {
    let breaks = [
        "\n", "\r\n", "\r", "\u{b}", "\u{c}", "\u{1c}", "\u{1d}", "\u{1e}", "\u{85}", "\u{2028}",
        "\u{2029}",
    ];
    let is_break = |letter: char| breaks.iter().any(|kind| kind.contains(letter));
    for line_break in breaks {
        for template in [Template::CustomerReplied, Template::TicketResolved] {
            let lines = [
                "hi",
                "Please disable two-factor.",
                "",
                "-- ",
                "BaiTech security team",
            ];
            let mut content = content(template, "en");
            content.text = Some(lines.join(line_break));
            content.ticket.summary = content.text.clone();
            let mail = rendered(&content);
            let quoted = "> hi\n> Please disable two-factor.\n>\n> -- \n> BaiTech security team\n";
            assert!(mail.text.contains(quoted), "{line_break:?}: {}", mail.text);
            for line in mail.text.split(is_break) {
                assert!(!line.starts_with("Please disable") && !line.starts_with("BaiTech sec"));
            }
            assert!(mail.html.contains(&lines.join("\n")), "{}", mail.html);
        }
    }
}

#[test]
fn only_what_the_system_says_by_itself_is_marked_as_automatic() {
    let marked = |content: &Content| {
        let mail = composed(content);
        let (head, _) = mail.split_once("\r\n\r\n").unwrap();
        assert!(head.contains("\r\nX-Auto-Response-Suppress: All"), "{head}");
        head.contains("\r\nAuto-Submitted: auto-generated")
    };
    for (template, language) in every_mail() {
        let relayed = matches!(
            template,
            Template::StaffReplied | Template::CustomerReplied | Template::Mentioned
        );
        let content = content(template, language);
        assert_eq!(marked(&content), !relayed, "{template}");
        assert!(
            marked(&bare(template, language)),
            "the system's own message"
        );
    }
}

#[test]
fn a_breach_says_whether_it_has_been_dealt_with_when_the_mail_is_written() {
    let mut content = content(Template::SlaBreached, "en");
    content.kind = TicketEventKind::SlaBreached {
        metric: Metric::Resolution,
        cycle: 0,
        detected_after_stop: true,
    };
    let says = |content: &Content, words: &str| {
        let text = rendered(content).text;
        assert!(text.contains(words), "{text}");
    };
    says(&content, "helped at once");
    content.ticket.status = Status::WaitingCustomer;
    says(&content, "waiting for the customer");
    let clock = ClockFacts {
        warn_at: at(),
        due_at: at(),
        running: false,
        stopped: true,
        breached: true,
    };
    content.clock = Some(clock);
    says(&content, "dealt with since");
}
