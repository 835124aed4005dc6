//! Small drawings. They say nothing by themselves: a word or a label stands beside each.

use maud::{Markup, html};

fn icon(paths: &[&str]) -> Markup {
    html! {
        svg width="20" height="20" viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="1.8"
            stroke-linecap="round" stroke-linejoin="round" aria-hidden="true" {
            @for path in paths { path d=(path) {} }
        }
    }
}

macro_rules! icons {
    ($($name:ident: [$($path:literal),+ $(,)?])+) => {$(
        pub fn $name() -> Markup {
            icon(&[$($path),+])
        }
    )+};
}

icons! {
    home: ["M3.500 11 12 4l8.500 7", "M6 9.500V20h12V9.500", "M10 20v-5.500h4V20"]
    groups: ["M12 21v-8", "M12 16c0-4-2.500-6-6.500-6.500C5.500 13.500 8 16 12 16z", "M12 13c0-4.500 2.500-7 7-8 .5 5-2 8-7 8z"]
    search: ["M10.500 17.500a7 7 0 1 0 0-14 7 7 0 0 0 0 14z", "m15.800 15.800 5 5"]
    bell: ["M6 16.500V11a6 6 0 0 1 12 0v5.500l1.500 2h-15z", "M10 21.200h4"]
    person: ["M12 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8z", "M4.500 20.500c.6-4 3.600-6 7.500-6s6.900 2 7.500 6"]
    up: ["M12 5.500 19 14h-4v5H9v-5H5z"]
    down: ["M12 18.500 5 10h4V5h6v5h4z"]
    more: ["M5.500 12h.01", "M12 12h.01", "M18.500 12h.01"]
    link: ["M10 14a4 4 0 0 0 6 .4l3-3a4 4 0 0 0-5.700-5.700L12 7", "M14 10a4 4 0 0 0-6-.4l-3 3a4 4 0 0 0 5.700 5.700L12 17"]
    flag: ["M5.500 21V4", "M5.500 4.500h12l-2.500 4 2.500 4h-12"]
    letter: ["M4 6h16v12H4z", "m4.500 6.500 7.500 6 7.500-6"]
    plus: ["M12 5v14", "M5 12h14"]
}
