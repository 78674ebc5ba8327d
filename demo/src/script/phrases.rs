//! Phrases for any ticket, by language; and what agents write for each other, in English.

use domain::tickets::Category;

/// The phrases of a language.
#[derive(Debug)]
pub(crate) struct Phrases {
    /// Before an agent's first words: `{customer}` and `{agent}` are names.
    pub greeting: &'static str,
    /// A first response that asks nothing.
    pub looking: &'static [&'static str],
    /// A customer who asks for news.
    pub chase: &'static [&'static str],
    /// An agent's answer to that.
    pub patience: &'static [&'static str],
    /// Why a ticket is reopened.
    pub again: &'static [&'static str],
    /// Feedback with one or two stars, with three, with four or five.
    pub feedback: [&'static [&'static str]; 3],
}

/// The phrases of a language; English for an unknown one.
pub(crate) fn phrases(language: &str) -> &'static Phrases {
    match language {
        "sw" => &SWAHILI,
        "fr" => &FRENCH,
        _ => &ENGLISH,
    }
}

const ENGLISH: Phrases = Phrases {
    greeting: "Hello {customer}, this is {agent} of BaiTech Support.",
    looking: &[
        "Thank you for writing. I am looking into it and will be back with an answer shortly.",
        "Thank you for the details. I have asked the team in charge and will keep you posted.",
        "I have your account open and am checking what happened.",
    ],
    chase: &[
        "Is there any news?",
        "Hello, I am still waiting for an answer.",
        "Just to add: this has become urgent for me.",
    ],
    patience: &[
        "Sorry for the wait. The team is on it, and I expect an answer today.",
        "Thank you for your patience. It is nearly done.",
    ],
    again: &[
        "The issue is back, exactly as before.",
        "I am afraid it still does not work.",
        "This was closed, but nothing has changed on my side.",
    ],
    feedback: [
        &[
            "It took far too long.",
            "I had to explain everything twice.",
            "Not what I was promised.",
        ],
        &["It was solved, but slowly.", "All right in the end."],
        &[
            "Excellent support, resolved quickly!",
            "Very friendly, thank you.",
            "Asante sana, well done.",
            "Clear answers and a quick solution.",
        ],
    ],
};

const SWAHILI: Phrases = Phrases {
    greeting: "Habari {customer}, mimi ni {agent} wa BaiTech Support.",
    looking: &[
        "Asante kwa kutuandikia. Ninalifuatilia na nitakujibu hivi karibuni.",
        "Asante kwa maelezo. Nimewasiliana na timu husika na nitakujulisha.",
    ],
    chase: &["Kuna habari yoyote?", "Bado ninasubiri jibu, tafadhali."],
    patience: &["Samahani kwa kuchelewa. Timu inalishughulikia, tutajibu leo."],
    again: &["Tatizo limerudi kama mwanzo.", "Bado haifanyi kazi."],
    feedback: [
        &["Imechukua muda mrefu sana."],
        &["Imetatuliwa, lakini polepole."],
        &["Huduma nzuri sana, asante!", "Haraka na kwa upole. Asante."],
    ],
};

const FRENCH: Phrases = Phrases {
    greeting: "Bonjour {customer}, ici {agent} de BaiTech Support.",
    looking: &[
        "Merci de votre message. Je regarde cela et reviens vers vous rapidement.",
        "Merci pour ces précisions. J'ai interrogé l'équipe concernée et vous tiens au courant.",
    ],
    chase: &[
        "Avez-vous des nouvelles ?",
        "J'attends toujours une réponse.",
    ],
    patience: &["Désolé pour l'attente. L'équipe s'en occupe, vous aurez une réponse aujourd'hui."],
    again: &[
        "Le problème est revenu, exactement comme avant.",
        "Cela ne fonctionne toujours pas.",
    ],
    feedback: [
        &["Beaucoup trop long."],
        &["Résolu, mais lentement."],
        &["Excellent service, très rapide !", "Très aimable, merci."],
    ],
};

/// Internal notes that fit a category.
pub(crate) fn notes(category: Category) -> &'static [&'static str] {
    match category {
        Category::Payment | Category::Billing => &[
            "Finance has confirmed {reference}.",
            "The provider's report has {amount} at the time that the customer names.",
        ],
        Category::Booking | Category::Complaint => &[
            "Checked {booking}: the check-in at the door is missing.",
            "Reached {technician}, who tells the same story.",
        ],
        Category::Technical | Category::BugReport => &[
            "Seen here too, with the current version.",
            "The log of the customer's session has the same error.",
        ],
        Category::Account | Category::General | Category::FeatureRequest | Category::Other => &[
            "Called the customer, who confirmed the details.",
            "Customer is friendly, and would like to be called before noon.",
        ],
    }
}

/// Why an agent escalates a ticket of that category.
pub(crate) fn escalation(category: Category) -> &'static str {
    match category {
        Category::Technical | Category::BugReport => {
            "Cannot be repeated here: needs a look into the log."
        }
        Category::Payment | Category::Billing => "Above the amount that I may refund.",
        Category::Booking
        | Category::Complaint
        | Category::Account
        | Category::General
        | Category::FeatureRequest
        | Category::Other => "The customer asks for a decision that I may not make.",
    }
}
