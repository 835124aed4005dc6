//! Fields of forms, each with its label, hint and, next to it, what is wrong.

use maud::{Markup, html};

use crate::web::csrf::{FIELD, Token};
use crate::web::forms::Draft;

/// The hidden field that proves the form is ours.
pub fn token(token: &Token) -> Markup {
    html! { input type="hidden" name=(FIELD) value=(token.show()); }
}

/// What is wrong, at the head of the form, with the way to its field.
pub fn problem(draft: &Draft) -> Markup {
    html! {
        @if let Some(problem) = &draft.problem {
            p.notice.bad role="alert" {
                @if let Some(field) = problem.field { a href={ "#f-" (field) } { (problem.message) } }
                @else { (problem.message) }
            }
        }
    }
}

/// One field, described step by step and then rendered.
pub struct Field<'a> {
    name: &'a str,
    label: &'a str,
    hint: Option<&'a str>,
    kind: &'a str,
    autocomplete: Option<&'a str>,
    max: Option<usize>,
    required: bool,
    class: Option<&'a str>,
}

impl<'a> Field<'a> {
    pub fn new(name: &'a str, label: &'a str) -> Self {
        Field {
            name,
            label,
            hint: None,
            kind: "text",
            autocomplete: None,
            max: None,
            required: false,
            class: None,
        }
    }

    pub fn hint(mut self, hint: &'a str) -> Self {
        self.hint = Some(hint);
        self
    }

    /// The input's type: `email`, `url`, `password`, ...
    pub fn kind(mut self, kind: &'a str) -> Self {
        self.kind = kind;
        self
    }

    pub fn autocomplete(mut self, token: &'a str) -> Self {
        self.autocomplete = Some(token);
        self
    }

    pub fn max(mut self, characters: usize) -> Self {
        self.max = Some(characters);
        self
    }

    pub fn required(mut self) -> Self {
        self.required = true;
        self
    }

    pub fn tall(mut self) -> Self {
        self.class = Some("tall");
        self
    }

    fn id(&self) -> String {
        format!("f-{}", self.name)
    }

    fn described_by(&self, draft: &Draft) -> Option<String> {
        let hint = self.hint.map(|_| format!("h-{}", self.name));
        let wrong = draft
            .problem_at(self.name)
            .map(|_| format!("w-{}", self.name));
        let ids: Vec<String> = wrong.into_iter().chain(hint).collect();
        (!ids.is_empty()).then(|| ids.join(" "))
    }

    fn invalid(&self, draft: &Draft) -> Option<&'static str> {
        draft.problem_at(self.name).map(|_| "true")
    }

    fn around(&self, draft: &Draft, control: Markup) -> Markup {
        html! {
            div.field {
                label for=(self.id()) { (self.label) @if !self.required && self.kind != "file" { span.hint { " (optional)" } } }
                (control)
                @if let Some(message) = draft.problem_at(self.name) { p.wrong id={ "w-" (self.name) } { (message) } }
                @if let Some(hint) = self.hint { p.hint id={ "h-" (self.name) } { (hint) } }
            }
        }
    }

    /// A line. Passwords are never sent back.
    pub fn input(self, draft: &Draft) -> Markup {
        let value = Some(draft.value(self.name)).filter(|_| self.kind != "password");
        let control = html! {
            input id=(self.id()) name=(self.name) type=(self.kind) value=[value] required[self.required] maxlength=[self.max]
                autocomplete=[self.autocomplete] aria-describedby=[self.described_by(draft)] aria-invalid=[self.invalid(draft)];
        };
        self.around(draft, control)
    }

    /// Several lines.
    pub fn area(self, draft: &Draft) -> Markup {
        let control = html! {
            textarea id=(self.id()) name=(self.name) class=[self.class] required[self.required] maxlength=[self.max] dir="auto"
                aria-describedby=[self.described_by(draft)] aria-invalid=[self.invalid(draft)] { "\n" (draft.value(self.name)) }
        };
        self.around(draft, control)
    }

    /// A picture to upload.
    pub fn picture(mut self, draft: &Draft) -> Markup {
        self.kind = "file";
        let control = html! {
            input id=(self.id()) name=(self.name) type="file" accept="image/png,image/jpeg,image/gif,image/webp"
                aria-describedby=[self.described_by(draft)] aria-invalid=[self.invalid(draft)];
        };
        self.around(draft, control)
    }

    pub fn tick(self, draft: &Draft) -> Markup {
        html! {
            div.check {
                input id=(self.id()) name=(self.name) type="checkbox" value="on" checked[draft.ticked(self.name)]
                    aria-describedby=[self.described_by(draft)];
                label for=(self.id()) { (self.label) }
                @if let Some(hint) = self.hint { p.hint id={ "h-" (self.name) } { (hint) } }
            }
        }
    }

    /// One of many, each with its value and words.
    pub fn select(mut self, draft: &Draft, options: &[(&str, &str)]) -> Markup {
        self.required = true; // There is always one chosen.
        let control = html! {
            select id=(self.id()) name=(self.name) aria-describedby=[self.described_by(draft)] aria-invalid=[self.invalid(draft)] {
                @for (value, words) in options {
                    option value=(value) selected[draft.value(self.name) == *value] { (words) }
                }
            }
        };
        self.around(draft, control)
    }

    /// One of several, each with its value and words.
    pub fn choice(self, draft: &Draft, options: &[(&str, &str)]) -> Markup {
        html! {
            fieldset {
                legend { (self.label) }
                @for (value, words) in options {
                    div.check {
                        input id={ (self.id()) "-" (value) } name=(self.name) type="radio" value=(value) checked[draft.value(self.name) == *value];
                        label for={ (self.id()) "-" (value) } { (words) }
                    }
                }
            }
        }
    }
}
