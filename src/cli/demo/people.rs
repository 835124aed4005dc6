//! Who is in the demo's story, and the groups they made.

use super::story::{Applicant, Group, Person, Side, Site};

pub fn site(side: Side) -> Site {
    match side {
        Side::Riverside => Site {
            tagline: "Where our teachers learn from each other, and from yours",
            sidebar: "The home of Riverside College's communities of practice. Anybody who teaches \
                      is welcome to join; colleagues elsewhere follow us from their own servers.",
            question: None,
        },
        Side::Northfield => Site {
            tagline: "Teaching is a practice",
            sidebar: "Northfield College's server. Accounts are for our staff and partner schools.",
            question: Some("What do you teach, and where?"),
        },
    }
}

pub const PEOPLE: &[Person] = &[
    Person {
        name: "maya",
        side: Side::Riverside,
        display_name: "Dr Maya Okafor",
        bio: "I teach structural biology to second-years and coordinate our community. I care \
              about **molecules in context**: no structure without a story.",
        admin: true,
    },
    Person {
        name: "priya",
        side: Side::Riverside,
        display_name: "Priya Raman",
        bio: "First year of teaching, after six years in protein crystallography. Still learning \
              which questions are too big for fifty minutes.",
        admin: false,
    },
    Person {
        name: "tomas",
        side: Side::Riverside,
        display_name: "Tomás Lindqvist",
        bio: "I run the teaching laboratories. Ask me about solvents, gloves and what not to do.",
        admin: false,
    },
    Person {
        name: "henrik",
        side: Side::Riverside,
        display_name: "Henrik Dahl",
        bio: "Learning technologist. I make viewers, notebooks and servers behave in classrooms.",
        admin: false,
    },
    Person {
        name: "elena",
        side: Side::Northfield,
        display_name: "Prof. Elena Marchetti",
        bio: "Biochemistry. I write cases for teaching and collect those of others: \
              if you have one in a drawer, I want to read it.",
        admin: true,
    },
    Person {
        name: "samuel",
        side: Side::Northfield,
        display_name: "Samuel Adeyemi",
        bio: "Teaches cell biology to evening classes. Interested in accessible materials.",
        admin: false,
    },
    Person {
        name: "lin",
        side: Side::Northfield,
        display_name: "Dr Lin Zhao",
        bio: "Cryo-EM by day, first-year lectures by night.",
        admin: false,
    },
    Person {
        name: "joao",
        side: Side::Northfield,
        display_name: "João Pereira",
        bio: "Head of department. I argue with ministries so that others can teach.",
        admin: false,
    },
];

pub const APPLICANT: Applicant = Applicant {
    name: "amara",
    side: Side::Northfield,
    display_name: "Amara Diallo",
    application: "I teach chemistry at the partner school on Hill Road and would like to use \
                  Elena's cases with my final year.",
};

pub const GROUPS: &[Group] = &[
    Group {
        name: "structural_biology",
        by: "maya",
        title: "Teaching structural biology",
        domain: "We teach **molecules in context**: how proteins, nucleic acids and membranes \
                 look, move and work, and how to make that visible to people who have never seen \
                 one.\n\nBring a problem, a case, a tool that worked or one that did not.",
        rules: Some(
            "1. Ask what you would ask in the staff room.\n\
             2. Say what you tried. Unfinished is welcome.\n\
             3. Nothing by which a student could be recognised.\n\
             4. Disagree with the idea, help the person.",
        ),
        followers: &["priya", "tomas", "henrik", "elena", "samuel", "lin", "joao"],
    },
    Group {
        name: "lab_safety",
        by: "tomas",
        title: "Teaching laboratories",
        domain: "Safe, affordable practicals: risk assessments that fit on a page, shared \
                 purchases, and what we learned from near misses.",
        rules: Some("In an emergency call your own college first, then write here."),
        followers: &["maya", "priya", "samuel", "lin"],
    },
    Group {
        name: "teaching_cases",
        by: "elena",
        title: "Cases to teach with",
        domain: "Cases written by teachers, piloted by others, given back better. Say under which \
                 licence you share, for which level, and how long it takes in class.",
        rules: None,
        followers: &["samuel", "lin", "joao", "maya", "priya"],
    },
];
