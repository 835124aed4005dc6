//! What is talked about in the groups that live at Riverside: problems, questions, experience, orders.

use super::story::{Comment, Later, Thread};

pub const THREADS: &[Thread] = &[MAP, FOLDING, CODE, SOLVENT, ASSESSMENT, TOOL, BLACK_SQUARE];

const MAP: Thread = Thread {
    group: "structural_biology",
    by: "maya",
    title: "Who among us knows what? A map of this group",
    body: "So that newcomers know whom to ask, please write one line each: **I can help with** … \
           and **I am learning** …\n\nI begin: I can help with assessment and with membrane \
           proteins. I am learning to teach with notebooks.",
    link: None,
    up: &["priya", "henrik", "elena", "samuel", "lin", "joao"],
    down: &[],
    comments: &[
        Comment::new(
            "lin",
            "I can help with cryo-EM, density maps and what resolution means. I am learning how \
             to talk for less than forty minutes.",
        )
        .up(&["maya", "priya", "samuel"]),
        Comment::new(
            "henrik",
            "I can help with viewers, notebooks and anything that shows a blank screen. I am \
             learning what an alpha helix is.",
        )
        .up(&["lin"])
        .replies(&[Comment::new(
            "elena",
            "I trade you: one helix for one working notebook.",
        )
        .up(&["henrik"])]),
        Comment::new(
            "samuel",
            "I can help with accessible materials and evening classes. I am learning NMR. It \
             seems nobody here knows NMR: should we look for a group that does?",
        )
        .replies(&[Comment::new(
            "maya",
            "Good catch, that is a gap. I will ask around and report here.",
        )]),
    ],
    later: Later::Pinned,
};

const FOLDING: Thread = Thread {
    group: "structural_biology",
    by: "priya",
    title: "Stuck: they see the ribbon, but never the chain. How do you teach folding?",
    body: "My second-years can name every helix in the picture, and then draw the side chains \
           *inside* the ribbon as if it were a tube. I have fifty minutes, thirty people and no \
           computers in the room.\n\nWhat I tried:\n\n- a video (they loved it, and learned \
           nothing)\n- pipe cleaners (chaos)\n\nCan we work on this design together?",
    link: None,
    up: &["maya", "elena", "samuel", "lin"],
    down: &[],
    comments: &[
        Comment::new(
            "samuel",
            "Paper strips. Print the backbone as a zigzag, side chains as flags of three colours: \
             oily, charged, whatever. Tell them the table is water. They fold it so that the oily \
             flags hide, and *only then* do you show the ribbon.",
        )
        .up(&["priya", "maya", "elena", "henrik"])
        .replies(&[
            Comment::new(
                "priya",
                "This is it. How many residues do you use? Twenty seems too few for a core.",
            )
            .replies(&[Comment::new(
                "samuel",
                "Thirty-five, like the villin headpiece. It has three helices and a core that \
                 fits in a hand. I send you the sheet to print.",
            )
            .up(&["priya", "lin"])]),
            Comment::new(
                "lin",
                "I do the same with the real sequence, then overlay the real structure on the \
                 projector. The gasp is worth the photocopies.",
            )
            .up(&["samuel"]),
        ]),
        Comment::new(
            "maya",
            "And ask before, not after: \"which of these three chains cannot fold, and why?\" \
             They commit to an answer, then build it.",
        )
        .up(&["priya"]),
        Comment::new("henrik", "What about a VR headset? I have two.")
            .replies(&[Comment::new(
                "priya",
                "For thirty people? Kind of you, though!",
            )])
            .later(Later::Deleted),
    ],
    later: Later::Amended(
        "**Update:** did it with Samuel's strips on Tuesday. Twenty-four of thirty put the side \
         chains where they belong. Thank you!",
    ),
};

const CODE: Thread = Thread {
    group: "structural_biology",
    by: "lin",
    title: "Where can I find the code that shows a structure inside a course page?",
    body: "I saw it at Riverside's open day: a page with a rotating molecule between two \
           paragraphs, and a button that colours by charge. Is that something I can have?",
    link: None,
    up: &["samuel"],
    down: &[],
    comments: &[Comment::new(
        "henrik",
        "Yes. It is Mol* and eleven lines of HTML:\n\n```html\n<div id=\"view\"></div>\n\
             <script src=\"molstar.js\"></script>\n<script>\n  molstar.Viewer.create('view')\n    \
             .then(v => v.loadPdb('4hhb'))\n</script>\n```\n\nServe the script from your own \
             site, so that it works when the internet does not.",
    )
    .up(&["lin", "samuel", "elena", "maya"])
    .replies(&[
        Comment::new("lin", "Works. I owe you a coffee at the conference.").up(&["henrik"]),
    ])],
    later: Later::Stays,
};

const SOLVENT: Thread = Thread {
    group: "lab_safety",
    by: "tomas",
    title: "Shall we order solvents together? There is a discount from 200 litres",
    body: "Our supplier gives 18 % off from 200 L of isopropanol. We need 80 L for the spring \
           term. If two more colleges join, all of us pay less and I arrange one delivery each.\n\n\
           Please say **how much** and **until when** by the 20th.",
    link: None,
    up: &["maya", "samuel", "lin"],
    down: &[],
    comments: &[
        Comment::new(
            "lin",
            "Northfield: 60 L, any time before the first of March.",
        )
        .up(&["tomas"]),
        Comment::new(
            "samuel",
            "The partner school could take 20 L if it can be stored with us. Their cabinet is \
             full.",
        )
        .replies(&[Comment::new(
            "tomas",
            "It can. That makes 160; forty more and we have it.",
        )
        .later(Later::Amended(
            "*Corrected:* I forgot our own reserve. It makes 180, so only twenty are missing.",
        ))]),
    ],
    later: Later::Stays,
};

const ASSESSMENT: Thread = Thread {
    group: "structural_biology",
    by: "maya",
    title: "Before I use it: would you look through this assessment?",
    body: "Instead of an exam on folds I want them to **explain one structure to a patient**: one \
           page, one picture they made themselves, one thing that is *not* known.\n\nPlease look \
           at two things: is it fair to people who write slowly, and can it be marked in ten \
           minutes?",
    link: None,
    up: &["priya", "elena", "samuel"],
    down: &[],
    comments: &[
        Comment::new(
            "elena",
            "Go ahead, with a change: let them record two minutes of speech instead of the page \
             if they wish. Same criteria.",
        )
        .up(&["maya", "samuel"]),
        Comment::new(
            "joao",
            "Ten minutes is optimistic. We tried something close: fourteen, until we had a \
             marking grid with four rows.",
        )
        .replies(&[Comment::new("maya", "Would you share the grid?")
            .replies(&[Comment::new("joao", "With pleasure; it is in the mail.")])]),
    ],
    later: Later::Stays,
};

const TOOL: Thread = Thread {
    group: "structural_biology",
    by: "henrik",
    title: "Predicted structures in class: do they help students think, or think for them?",
    body: "Half of my questions this term were about predicted models. They are a gift: any \
           sequence has a picture now. But I watch students trust a confident-looking loop that is \
           orange from end to end. What do you do?",
    link: Some("https://alphafold.ebi.ac.uk/"),
    up: &["priya", "lin"],
    down: &["joao"],
    comments: &[
        Comment::new(
            "lin",
            "I never show a model without its confidence. First task: find where the model says \
             \"I do not know\", and think why.",
        )
        .up(&["henrik", "maya", "priya", "elena"]),
        Comment::new(
            "joao",
            "I am not convinced. They skip the experiment altogether, and then wonder how we \
             know anything.",
        )
        .up(&["elena"])
        .replies(&[Comment::new(
            "priya",
            "What if the task is to plan the experiment that could prove the model wrong?",
        )
        .up(&["joao", "lin", "maya"])]),
    ],
    later: Later::Stays,
};

const BLACK_SQUARE: Thread = Thread {
    group: "structural_biology",
    by: "henrik",
    title: "Fifth time this term: \"the viewer is a black square\". Let us write it down",
    body: "Same question, five people, five answers. I collect what we know here, so that next \
           time a link will do:\n\n1. Is hardware acceleration switched off in the browser? \
           (three of five)\n2. Is the tablet older than WebGL 2? (one)\n3. Did the file not \
           arrive? Look for a red line in the console (one)\n\nWhat is missing?",
    link: None,
    up: &["maya", "priya", "samuel", "lin", "elena"],
    down: &[],
    comments: &[
        Comment::new(
            "samuel",
            "4. The projector laptop saves power when it is not plugged in, and then so does its \
             graphics card.",
        )
        .up(&["henrik"]),
        Comment::new(
            "elena",
            "5. A screen reader user will not see that it is black. Please \
                               always put the description under the viewer.",
        ),
    ],
    later: Later::AmendedAndPinned(
        "4\\. Is the laptop on battery? Plug it in. (thanks, Samuel)\n\n5\\. In any case: a \
         description in words under the viewer. (thanks, Elena)",
    ),
};
