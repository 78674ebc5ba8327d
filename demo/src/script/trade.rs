//! What technicians and companies ask in English.

use super::Topic;
use domain::tickets::Category;

pub(super) const TECHNICIANS: &[Topic] = &[
    Topic {
        category: Category::Payment,
        subject: "Payout of {amount} missing",
        description: "I finished {booking} in {place} on {day} and the customer has confirmed. The payout is not in my wallet.",
        question: "Thank you. Is your payout number still the one in your profile?",
        answer: "Yes, it has not changed.",
        solution: "The payout had been held by a check of the booking. It has been sent with reference {reference}.",
        summary: "The payout was released.",
    },
    Topic {
        category: Category::Technical,
        subject: "I get no new jobs in the app",
        description: "Since {day} the list is empty although colleagues in {place} get jobs every hour.",
        question: "Does your profile say Available, and is the certificate still valid?",
        answer: "Available, yes. The certificate ended last week, I see now.",
        solution: "Please upload the new certificate. Jobs come back within an hour of the check.",
        summary: "An expired certificate; jobs are back since it was renewed.",
    },
    Topic {
        category: Category::Account,
        subject: "Add air conditioning to my skills",
        description: "I have passed the course and would like to take jobs for air conditioning in {place}.",
        question: "Well done! Please send a photo of the certificate.",
        answer: "It is attached to my profile.",
        solution: "The skill is on your profile. Good luck with the first job!",
        summary: "The skill was added after a look at the certificate.",
    },
    Topic {
        category: Category::Complaint,
        subject: "Unfair one-star review",
        description: "The customer of {booking} was not at home and gave me one star for not coming. I waited 40 minutes; the app has my location.",
        question: "We are looking at it. Did you call the customer while you waited?",
        answer: "Three times, there was no answer.",
        solution: "Your location and the calls bear you out. The review no longer counts.",
        summary: "The review was taken off the average.",
    },
    Topic {
        category: Category::Booking,
        subject: "Customer wants more work than booked",
        description: "For {booking} I am asked to do two more rooms. How do I add this so that I am paid for it?",
        question: "Does the customer agree to about {amount} more?",
        answer: "Yes, we have talked about it.",
        solution: "We have added the rooms. The customer confirms in the app, and you can begin.",
        summary: "The booking was extended.",
    },
];

pub(super) const COMPANIES: &[Topic] = &[
    Topic {
        category: Category::Billing,
        subject: "One invoice for all sites",
        description: "We get an invoice for each booking. Finance asks for one a month over all sites, with our purchase order on it.",
        question: "Gladly. Which purchase order should we put on it?",
        answer: "PO 4711 until December.",
        solution: "From this month there is one invoice with the purchase order, on the first working day.",
        summary: "Monthly collective invoice set up.",
    },
    Topic {
        category: Category::Booking,
        subject: "Generator down at our site in {place}",
        description: "The generator failed an hour ago and we are running on batteries. We need somebody today; the contract says four hours.",
        question: "{technician} is on the way. Is there somebody at the gate?",
        answer: "The guard knows, please ask for the site manager.",
        solution: "{technician} has replaced the fuel pump. A check of the whole unit is planned for {day}.",
        summary: "Repaired within the time of the contract.",
    },
    Topic {
        category: Category::Account,
        subject: "Access for a new colleague",
        description: "Our new facility manager should be able to book for {place} but not see invoices.",
        question: "Which e-mail address should the account have?",
        answer: "The shared one for facilities, please.",
        solution: "The account is there, with bookings alone. The invitation has been sent.",
        summary: "An account with limited rights was made.",
    },
    Topic {
        category: Category::Payment,
        subject: "Bank transfer of {amount} not matched",
        description: "We paid by bank transfer on {day} with reference {reference}. The portal still shows it as overdue.",
        question: "Could you send us the bank's confirmation?",
        answer: "It is attached in the portal.",
        solution: "The transfer has been found and matched. Nothing is overdue.",
        summary: "The transfer was matched by hand.",
    },
    Topic {
        category: Category::General,
        subject: "Terms for twelve more sites",
        description: "We plan to bring twelve more sites to you next year and would like an offer with response times.",
        question: "With pleasure. Are all of them in towns?",
        answer: "Eight in towns, four lodges.",
        solution: "The offer is in your inbox; our key account manager will call you on {day}.",
        summary: "An offer was sent.",
    },
];
