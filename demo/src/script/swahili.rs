//! What people ask in Swahili.

use super::Topic;
use domain::tickets::Category;

pub(super) const TOPICS: &[Topic] = &[
    Topic {
        category: Category::Booking,
        subject: "Fundi hajafika {place}",
        description: "Nilipanga kazi {booking} siku ya {day} saa nne asubuhi. Nimesubiri mpaka saa nane na hakuna aliyekuja wala kupiga simu.",
        question: "Pole sana. Je, kesho asubuhi itakufaa? {technician} anaweza kuja.",
        answer: "Ndiyo, kesho kabla ya saa tano.",
        solution: "{technician} atafika kesho kati ya saa tatu na saa nne. Hutatozwa ada ya kuitwa.",
        summary: "Ziara mpya imepangwa bila ada ya kuitwa.",
    },
    Topic {
        category: Category::Booking,
        subject: "Naomba kubadilisha siku ya {booking}",
        description: "Nitakuwa safarini siku ya {day}. Naomba kazi ihamishiwe wiki ijayo.",
        question: "Sawa. Unapendelea asubuhi au mchana?",
        answer: "Mchana, siku yoyote isipokuwa Jumatano.",
        solution: "Kazi {booking} sasa ni Alhamisi ijayo saa nane mchana.",
        summary: "Siku ya kazi imebadilishwa.",
    },
    Topic {
        category: Category::Payment,
        subject: "Nimelipa mara mbili",
        description: "Nililipa {amount} kwa simu, ikaonyesha hitilafu, nikalipa tena. Malipo yote mawili yamepita. Namba ya pili ni {reference}.",
        question: "Tunaona malipo yote mawili. Turudishe kwenye namba ile ile?",
        answer: "Ndiyo, namba ile ile tafadhali.",
        solution: "Malipo ya pili ya {amount} yamerudishwa. Utayaona ndani ya saa mbili.",
        summary: "Malipo ya ziada yamerudishwa.",
    },
    Topic {
        category: Category::Payment,
        subject: "Malipo ya {amount} hayaonekani",
        description: "Nina ujumbe wa malipo {reference}, lakini {booking} bado inaonyesha haijalipwa.",
        question: "Uliandika namba gani ya akaunti wakati wa kulipa?",
        answer: "Nadhani niliandika namba yangu ya simu.",
        solution: "Tumeyapata malipo na kuyaweka kwenye {booking}. Sasa imelipwa yote.",
        summary: "Malipo yamepatikana na kuwekwa mahali pake.",
    },
    Topic {
        category: Category::Account,
        subject: "Siwezi kuingia kwenye akaunti",
        description: "Nimesahau nenosiri na barua pepe ya kubadilisha haifiki.",
        question: "Je, uliwahi kutumia barua pepe nyingine?",
        answer: "Ndiyo, ya kazini.",
        solution: "Kiungo kimetumwa huko, na barua pepe yako binafsi sasa ndiyo kuu.",
        summary: "Barua pepe ya akaunti imebadilishwa.",
    },
    Topic {
        category: Category::Technical,
        subject: "Programu inajifunga kwenye ramani",
        description: "Nikichagua fundi wa {place} ramani inabaki nyeupe na programu inajifunga.",
        question: "Unatumia simu gani?",
        answer: "Infinix, Android 11.",
        solution: "Tafadhali ruhusu mahali kwenye mipangilio, kisha sakinisha toleo jipya.",
        summary: "Ruhusa ya mahali ilikuwa imezimwa.",
    },
    Topic {
        category: Category::Complaint,
        subject: "Kazi haikufanyika vizuri",
        description: "Bomba lililotengenezwa kwa {booking} linavuja tena baada ya siku mbili. Nimelipa {amount}.",
        question: "Pole sana. Tunaweza kutuma fundi mwandamizi bila malipo?",
        answer: "Sawa, lakini wiki hii.",
        solution: "{technician} amebadilisha bomba lote bila malipo ya ziada.",
        summary: "Kazi imerudiwa bila malipo.",
    },
    Topic {
        category: Category::General,
        subject: "Mnafanya kazi {place}?",
        description: "Nimehamia {place}. Je, mna mafundi wa rangi huko, na bei ni kiasi gani?",
        question: "Tupo. Ni kuta tu au na dari pia?",
        answer: "Vyote viwili.",
        solution: "Ni takriban {amount}. Utaona mafundi watatu walio huru kwenye programu.",
        summary: "Eneo na bei vimeelezwa.",
    },
];
