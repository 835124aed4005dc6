//! What is talked about across the two: cases that Northfield shares, evidence, experience, visits.

use super::story::{Comment, Later, Thread};

pub const THREADS: &[Thread] = &[CASE, BLIND, HOURS, VISIT];

const CASE: Thread = Thread {
    group: "teaching_cases",
    by: "elena",
    title: "A case to take and change: one amino acid, one patient (sickle cell)",
    body: "I wrote this last year and you can easily tweak it. Ninety minutes, second year, works \
           without computers.\n\n1. A letter from a patient (one page)\n2. Two sequences that \
           differ in one place\n3. A picture of the fibre, and the question *what sticks to \
           what?*\n4. What the patient asks at the end, and nobody can answer\n\nLicence: CC BY. \
           If you use it, tell us how it went.",
    link: Some("https://pdb101.rcsb.org/motm/41"),
    up: &["samuel", "joao", "maya", "priya"],
    down: &[],
    comments: &[
        Comment::new(
            "maya",
            "Piloted on Monday with 28 second-years. The letter carries it. I cut step 2 to ten \
             minutes and gave the time to step 4; my version is yours if you like.",
        )
        .up(&["elena", "priya", "samuel"])
        .replies(&[Comment::new(
            "elena",
            "I would love to have it. What did they ask in step 4?",
        )
        .replies(&[Comment::new(
            "maya",
            "\"Why does the trait still exist?\" From the back row, after ten minutes of \
                     silence. I could have danced.",
        )
        .up(&["elena", "samuel", "lin"])])]),
        Comment::new(
            "priya",
            "May I adapt it to a lysosomal enzyme? My group knows haemoglobin from school.",
        )
        .replies(&[Comment::new(
            "elena",
            "Please do, and call it adapted from this one.",
        )]),
    ],
    later: Later::Pinned,
};

const BLIND: Thread = Thread {
    group: "structural_biology",
    by: "samuel",
    title: "Has anyone taught molecular structure to a student who is blind?",
    body: "From next term I will. She is ahead of the others in chemistry, and every exercise I \
           have begins with \"look at\". I would rather hear what you lived through than what the \
           guidelines say.",
    link: None,
    up: &["maya", "priya", "elena", "lin"],
    down: &[],
    comments: &[
        Comment::new(
            "elena",
            "Yes, twice. The best thing was a printed model with the active site in felt; the \
             worst was my habit of saying \"here\". Ask *her* on the first day what has worked \
             elsewhere: both of mine knew better than I did.",
        )
        .up(&["samuel", "maya", "priya"])
        .replies(&[Comment::new(
            "samuel",
            "\"Here\" is my most frequent word, I counted today. Thank you.",
        )]),
        Comment::new(
            "tomas",
            "We print models for the safety course; I can print yours. Send me the file and how \
             big a hand is.",
        )
        .up(&["samuel", "elena"]),
    ],
    later: Later::Stays,
};

const HOURS: Thread = Thread {
    group: "structural_biology",
    by: "joao",
    title: "How many laboratory hours do you have? I need evidence for the ministry",
    body: "They want to cut practicals to 40 hours a year. I have three weeks to show what others \
           do and what comes of it. Please: country or kind of college, hours, and a source if \
           there is one. Counter-evidence is welcome too, I will be asked for it.",
    link: None,
    up: &["elena", "maya", "tomas"],
    down: &[],
    comments: &[
        Comment::new(
            "maya",
            "Riverside: 72 hours in the second year. When it was 48, before 2019, twice as many \
             dropped the third-year project. I can send the numbers.",
        )
        .up(&["joao", "elena"]),
        Comment::new(
            "lin",
            "Against: the place I came from had 36, with one very good simulation, and their \
             results were not worse. I still missed the bench.",
        )
        .up(&["joao"])
        .replies(&[Comment::new(
            "joao",
            "Exactly the kind of thing they will quote. Thank you for being honest.",
        )]),
    ],
    later: Later::Stays,
};

const VISIT: Thread = Thread {
    group: "lab_safety",
    by: "samuel",
    title: "May we come and see your first-year practical?",
    body: "Four of us would like to sit in the back row on a Thursday in March, and buy lunch \
           afterwards. @tomas@{riverside}, is that possible?",
    link: None,
    up: &["tomas", "lin"],
    down: &[],
    comments: &[Comment::new(
        "tomas",
        "With pleasure: Thursday the 12th, nine o'clock, building C. Bring closed shoes; I \
             have coats. Eight visitors fit, so four places are free for others.",
    )
    .up(&["samuel", "lin", "maya"])
    .replies(&[Comment::new("lin", "Then one of them is mine.")])],
    later: Later::Stays,
};
