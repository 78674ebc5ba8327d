//! The cast of the demo, as tables. Pure.

use chrono_tz::Tz;
use domain::people::{Department, Role, Weekday};

/// The week of the cast. That of the calendar may be turned against it: see [`super::home`].
pub(super) const WEEK: [Weekday; 7] = [
    Weekday::Mon,
    Weekday::Tue,
    Weekday::Wed,
    Weekday::Thu,
    Weekday::Fri,
    Weekday::Sat,
    Weekday::Sun,
];

const MONDAY_TO_FRIDAY: &[Weekday] = &[
    Weekday::Mon,
    Weekday::Tue,
    Weekday::Wed,
    Weekday::Thu,
    Weekday::Fri,
];
const MONDAY_TO_SATURDAY: &[Weekday] = &[
    Weekday::Mon,
    Weekday::Tue,
    Weekday::Wed,
    Weekday::Thu,
    Weekday::Fri,
    Weekday::Sat,
];
const WEDNESDAY_TO_SUNDAY: &[Weekday] = &[
    Weekday::Wed,
    Weekday::Thu,
    Weekday::Fri,
    Weekday::Sat,
    Weekday::Sun,
];

/// Name, employee number, department, level, specialisations, languages, days, hours.
pub(super) type AgentLine = (
    &'static str,
    &'static str,
    Department,
    i64,
    &'static [&'static str],
    &'static [&'static str],
    &'static [Weekday],
    (&'static str, &'static str),
);

use Department::{Billing, Complaints, General, Technical};

#[rustfmt::skip]
pub(super) const AGENTS: &[AgentLine] = &[
    ("Kevin Otieno", "BT-101", Technical, 1, &["account", "technical"], &["en", "sw", "fr"], MONDAY_TO_SATURDAY, ("07:00", "16:00")),
    ("Zawadi Mushi", "BT-102", Technical, 1, &["technical", "bug reports"], &["sw", "en"], &WEEK, ("12:00", "22:00")),
    ("Samuel Kiptoo", "BT-103", Technical, 2, &["bug reports", "technical"], &["en", "sw"], MONDAY_TO_SATURDAY, ("10:00", "20:00")),
    ("Aline Uwase", "BT-104", Technical, 3, &["bug reports"], &["fr", "en"], MONDAY_TO_FRIDAY, ("09:00", "18:00")),
    ("Mercy Wanjiru", "BT-201", Billing, 1, &["payments", "billing"], &["en", "sw", "fr"], MONDAY_TO_SATURDAY, ("07:00", "16:00")),
    ("Joseph Okello", "BT-202", Billing, 1, &["payments"], &["en", "sw", "fr"], &WEEK, ("12:00", "22:00")),
    ("Fatuma Abdi", "BT-203", Billing, 2, &["billing", "payments"], &["sw", "en"], MONDAY_TO_SATURDAY, ("10:00", "20:00")),
    ("Brian Mutua", "BT-301", General, 1, &["bookings"], &["en", "sw", "fr"], MONDAY_TO_SATURDAY, ("07:00", "16:00")),
    ("Neema Kimaro", "BT-302", General, 1, &["bookings", "general"], &["sw", "en"], WEDNESDAY_TO_SUNDAY, ("12:00", "22:00")),
    ("Jean-Claude Habimana", "BT-303", General, 1, &["bookings"], &["fr", "en", "sw"], &WEEK, ("21:00", "07:00")),
    ("Esther Achieng", "BT-304", General, 2, &["bookings", "feature requests"], &["en", "fr"], MONDAY_TO_SATURDAY, ("09:00", "20:00")),
    ("Amina Hassan", "BT-401", Complaints, 1, &["complaints"], &["sw", "en"], &WEEK, ("08:00", "21:00")),
    ("Daniel Mwangi", "BT-402", Complaints, 2, &["complaints"], &["en", "sw", "fr"], MONDAY_TO_SATURDAY, ("10:00", "20:00")),
];

use Role::{Corporate, Customer, Technician};
use Tz::{
    Africa__Bujumbura as Bujumbura, Africa__Dar_es_Salaam as DarEsSalaam,
    Africa__Kampala as Kampala, Africa__Kigali as Kigali, Africa__Kinshasa as Kinshasa,
    Africa__Nairobi as Nairobi, Europe__London as London, Europe__Paris as Paris,
};

/// Name, role, language, zone.
#[rustfmt::skip]
pub(super) const CUSTOMERS: &[(&str, Role, &str, Tz)] = &[
    ("Asha Mwangi", Customer, "en", Nairobi), ("Peter Njoroge", Customer, "en", Nairobi),
    ("Lucy Wambui", Customer, "en", Nairobi), ("Dennis Kamau", Customer, "en", Nairobi),
    ("Caroline Atieno", Customer, "en", Nairobi), ("Hassan Juma", Customer, "sw", DarEsSalaam),
    ("Rehema Salum", Customer, "sw", DarEsSalaam), ("Baraka Mollel", Customer, "sw", DarEsSalaam),
    ("Grace Nakato", Customer, "en", Kampala), ("Moses Ssemakula", Customer, "en", Kampala),
    ("Patience Akello", Customer, "en", Kampala), ("Diane Ingabire", Customer, "fr", Kigali),
    ("Eric Nshimiyimana", Customer, "fr", Kigali), ("Chantal Mukamana", Customer, "fr", Kigali),
    ("Innocent Ndayizeye", Customer, "fr", Bujumbura), ("Faith Chebet", Customer, "en", Nairobi),
    ("Collins Odhiambo", Customer, "en", Nairobi), ("Wanjiku Kariuki", Customer, "en", Nairobi),
    ("Salma Khamis", Customer, "sw", DarEsSalaam), ("Omar Bakari", Customer, "sw", Nairobi),
    ("Joyce Mutheu", Customer, "sw", Nairobi), ("Victor Kipchoge", Customer, "en", Nairobi),
    ("Naomi Wairimu", Customer, "en", London), ("Patrick Kabila", Customer, "fr", Kinshasa),
    ("Solange Iradukunda", Customer, "fr", Paris), ("Ruth Adhiambo", Customer, "en", Nairobi),
    ("Stephen Mugisha", Customer, "en", Kampala), ("Halima Abdallah", Customer, "sw", DarEsSalaam),
    ("Timothy Kibet", Customer, "en", Nairobi), ("Agnes Nyambura", Customer, "en", Nairobi),
    ("Savannah Lodges", Corporate, "en", Nairobi), ("Mombasa Freight", Corporate, "en", Nairobi),
    ("Kilimo Supplies", Corporate, "sw", DarEsSalaam), ("Hôtel Kivu", Corporate, "fr", Kigali),
    ("Pearl Clinics", Corporate, "en", Kampala),
    ("George Ochieng", Technician, "en", Nairobi), ("Yusuf Rashid", Technician, "sw", DarEsSalaam),
    ("Emmanuel Habyarimana", Technician, "fr", Kigali), ("Ivan Tumusiime", Technician, "en", Kampala),
    ("Mary Muthoni", Technician, "en", Nairobi),
];
