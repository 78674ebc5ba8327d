//! Times: one zone in a mail, the reader's own, in words; and how much is left.

use super::*;
use domain::notifications::content::ClockFacts;

fn says(content: &Content, words: &str) {
    let mail = rendered(content);
    assert!(mail.text.contains(words), "{}", mail.text);
    let html = mail.html.replace("</td><td style=\"padding:2px 0\">", " ");
    let html = html.replace("</td><td style=\"padding:2px 0;font-weight:bold\">", " ");
    assert!(html.contains(words), "{}", mail.html);
}

#[test]
fn staff_read_priority_department_and_the_time_that_is_left() {
    for (language, facts) in [
        (
            "en",
            [
                "Priority: High",
                "Department: Billing",
                "Due: in 2 h 15 min, at 13:45 East Africa Time (first response)",
            ],
        ),
        (
            "sw",
            [
                "Kipaumbele: Cha juu",
                "Idara: Malipo",
                "Mwisho: baada ya saa 2 dakika 15, saa 13:45 Saa za Afrika Mashariki (jibu la kwanza)",
            ],
        ),
        (
            "fr",
            [
                "Priorité\u{a0}: Haute",
                "Service\u{a0}: Facturation",
                "Échéance\u{a0}: dans 2 h 15 min, à 13:45 heure normale d’Afrique de l’Est (première réponse)",
            ],
        ),
    ] {
        for template in [
            Template::WorkAssigned,
            Template::CustomerReplied,
            Template::Mentioned,
        ] {
            for fact in facts {
                says(&content(template, language), fact);
            }
        }
    }
}

#[test]
fn a_deadline_of_another_day_has_its_day() {
    let mut content = content(Template::WorkAssigned, "en");
    let metric = Metric::Resolution;
    for (minutes, words) in [
        (
            14 * 60,
            "in 14 h 0 min, on 2 October 2025 at 01:30 East Africa Time",
        ),
        (
            52 * 60 + 59,
            "in 2 d 4 h, on 3 October 2025 at 16:29 East Africa Time",
        ),
        (0, "0 min ago, at 11:30 East Africa Time"),
        (-75, "1 h 15 min ago, at 10:15 East Africa Time"),
    ] {
        let at = at() + TimeDelta::minutes(minutes);
        content.next_deadline = Some(Deadline { metric, at });
        let text = rendered(&content).text;
        assert!(text.contains(words), "{text}");
    }
    content.next_deadline = None;
    assert!(!rendered(&content).text.contains("Due:"));
}

#[test]
fn every_mail_has_one_zone_the_readers_own() {
    for (template, language) in every_mail() {
        let mut content = content(template, language);
        // As the rule of escalations records it in the history.
        let reason = "The resolution was due at 2025-10-01 03:11 UTC and has not come.";
        if let TicketEventKind::Escalated {
            reason: recorded,
            automatic,
            ..
        } = &mut content.kind
        {
            (*recorded, *automatic) = (reason.to_owned(), true);
        }
        let mail = rendered(&content);
        for form in [&mail.text, &mail.html] {
            assert!(!form.contains("UTC") && !form.contains("EAT"), "{form}");
        }
        let zone = match language {
            "sw" => "Saa za Afrika Mashariki",
            "fr" => "heure normale d’Afrique de l’Est",
            _ => "East Africa Time",
        };
        let bytes = mail.text.as_bytes();
        let times = bytes.windows(5).filter(|text| {
            let digits = [text[0], text[1], text[3], text[4]];
            text[2] == b':' && digits.iter().all(u8::is_ascii_digit)
        });
        assert_eq!(
            mail.text.matches(zone).count(),
            times.count(),
            "{}",
            mail.text
        );
    }
}

#[test]
fn what_the_system_did_by_itself_is_told_in_the_readers_language() {
    for (language, deadline, reply) in [
        (
            "en",
            "because a deadline had passed",
            "because the customer wrote again",
        ),
        (
            "sw",
            "kwa kuwa muda wake ulikuwa umepita",
            "kwa kuwa mteja ameandika tena",
        ),
        (
            "fr",
            "car une échéance était dépassée",
            "car le client a écrit de nouveau",
        ),
    ] {
        let automatic = content(Template::EscalatedToNobody, language);
        says(&automatic, deadline);
        let mut reopened = content(Template::WorkReopened, language);
        assert!(!rendered(&reopened).text.contains(reply));
        let reason = TicketEventKind::REOPENED_BY_REPLY.to_owned();
        reopened.kind = TicketEventKind::Reopened { reason };
        says(&reopened, reply);
        let text = rendered(&reopened).text;
        assert!(!text.contains(TicketEventKind::REOPENED_BY_REPLY), "{text}");
    }
}

#[test]
fn a_warning_names_the_deadline_that_the_clock_has_now() {
    let mut content = content(Template::SlaAtRisk, "en");
    let clock = |minutes| ClockFacts {
        warn_at: at(),
        due_at: at() + TimeDelta::minutes(minutes),
        running: true,
        stopped: false,
        breached: false,
    };
    content.clock = Some(clock(50));
    says(&content, "is due in 50 min, at 12:20 East Africa Time");
    // Told once.
    assert!(!rendered(&content).text.contains("Due:"));
}

#[test]
fn a_breach_names_the_deadline_that_has_passed() {
    let mut content = content(Template::SlaBreached, "en");
    content.at = at() - TimeDelta::minutes(20);
    says(&content, "was due 20 min ago, at 11:10 East Africa Time.");
}
