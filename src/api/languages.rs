//! The languages of posts and comments. Lemmy's API numbers them; we keep their ISO 639 codes.

use serde::Serialize;

use super::errors::ApiError;

pub const UNDETERMINED: usize = 0;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Language {
    pub id: usize,
    pub code: &'static str,
    /// In the language itself.
    pub name: &'static str,
}

/// All of them. A language's number is the same as on a Lemmy server, where apps know it by heart.
pub fn all() -> Vec<Language> {
    let numbered = LANGUAGES.iter().enumerate();
    numbered
        .map(|(id, (code, name))| Language { id, code, name })
        .collect()
}

/// The number of a language tag (`de`, `de-AT`), by its first part.
pub fn id_of(tag: Option<&str>) -> usize {
    let code = tag.and_then(|tag| tag.split('-').next()).unwrap_or("und");
    let place = LANGUAGES.iter().position(|(known, _)| *known == code);
    place.unwrap_or(UNDETERMINED)
}

/// The numbers of these codes, in order.
pub fn ids_of(codes: &[&str]) -> Vec<usize> {
    let numbered = LANGUAGES.iter().enumerate();
    numbered
        .filter(|(_, (code, _))| codes.contains(code))
        .map(|(id, _)| id)
        .collect()
}

/// The languages that a browser asks for (`fr-CH, en;q=0.8, *;q=0.5`), the dearest first, by their codes.
pub fn accepted(header: &str) -> Vec<&'static str> {
    let mut wanted: Vec<(f32, &'static str)> = header
        .split(',')
        .take(20)
        .filter_map(|part| {
            let (tag, rest) = part.split_once(';').unwrap_or((part, ""));
            let weight = rest
                .trim()
                .strip_prefix("q=")
                .map_or(Some(1.0), |q| q.parse().ok())?;
            let code = tag.trim().split('-').next()?.to_ascii_lowercase();
            let (code, _) = LANGUAGES.iter().find(|(known, _)| *known == code)?;
            Some((weight, *code))
        })
        .collect();
    wanted.sort_by(|(a, _), (b, _)| b.total_cmp(a));
    let mut codes: Vec<&'static str> = Vec::new();
    for (_, code) in wanted {
        if !codes.contains(&code) {
            codes.push(code);
        }
    }
    codes
}

/// The codes of languages that somebody chose. All there are stand for no choice, as in Lemmy.
pub fn chosen(ids: &[usize]) -> Result<Vec<String>, ApiError> {
    let codes: Vec<String> = LANGUAGES
        .iter()
        .enumerate()
        .filter(|(id, _)| ids.contains(id))
        .map(|(_, (code, _))| (*code).to_owned())
        .collect();
    if codes.is_empty() && !ids.is_empty() {
        return Err(ApiError::Named("language_not_allowed"));
    }
    if codes.len() == LANGUAGES.len() {
        return Ok(Vec::new());
    }
    Ok(codes)
}

/// `None` for the undetermined language and for numbers that are none.
pub fn code_of(id: usize) -> Option<String> {
    let (code, _) = LANGUAGES.get(id).filter(|_| id != UNDETERMINED)?;
    Some((*code).to_owned())
}

/// "und", then ISO 639-1 by code: the number is the place in this list.
const LANGUAGES: &[(&str, &str)] = &[
    ("und", "Undetermined"),
    ("aa", "Afaraf"),
    ("ab", "аҧсуа бызшәа"),
    ("ae", "avesta"),
    ("af", "Afrikaans"),
    ("ak", "Akan"),
    ("am", "አማርኛ"),
    ("an", "aragonés"),
    ("ar", "اَلْعَرَبِيَّةُ"),
    ("as", "অসমীয়া"),
    ("av", "авар мацӀ"),
    ("ay", "aymar aru"),
    ("az", "azərbaycan dili"),
    ("ba", "башҡорт теле"),
    ("be", "беларуская мова"),
    ("bg", "български език"),
    ("bi", "Bislama"),
    ("bm", "bamanankan"),
    ("bn", "বাংলা"),
    ("bo", "བོད་ཡིག"),
    ("br", "brezhoneg"),
    ("bs", "bosanski jezik"),
    ("ca", "Català"),
    ("ce", "нохчийн мотт"),
    ("ch", "Chamoru"),
    ("co", "corsu"),
    ("cr", "ᓀᐦᐃᔭᐍᐏᐣ"),
    ("cs", "čeština"),
    ("cu", "ѩзыкъ словѣньскъ"),
    ("cv", "чӑваш чӗлхи"),
    ("cy", "Cymraeg"),
    ("da", "dansk"),
    ("de", "Deutsch"),
    ("dv", "ދިވެހި"),
    ("dz", "རྫོང་ཁ"),
    ("ee", "Eʋegbe"),
    ("el", "Ελληνικά"),
    ("en", "English"),
    ("eo", "Esperanto"),
    ("es", "Español"),
    ("et", "eesti"),
    ("eu", "euskara"),
    ("fa", "فارسی"),
    ("ff", "Fulfulde"),
    ("fi", "suomi"),
    ("fj", "vosa Vakaviti"),
    ("fo", "føroyskt"),
    ("fr", "Français"),
    ("fy", "Frysk"),
    ("ga", "Gaeilge"),
    ("gd", "Gàidhlig"),
    ("gl", "galego"),
    ("gn", "Avañe'ẽ"),
    ("gu", "ગુજરાતી"),
    ("gv", "Gaelg"),
    ("ha", "هَوُسَ"),
    ("he", "עברית"),
    ("hi", "हिन्दी"),
    ("ho", "Hiri Motu"),
    ("hr", "Hrvatski"),
    ("ht", "Kreyòl ayisyen"),
    ("hu", "magyar"),
    ("hy", "Հայերեն"),
    ("hz", "Otjiherero"),
    ("ia", "Interlingua"),
    ("id", "Bahasa Indonesia"),
    ("ie", "Interlingue"),
    ("ig", "Asụsụ Igbo"),
    ("ii", "ꆈꌠ꒿ Nuosuhxop"),
    ("ik", "Iñupiaq"),
    ("io", "Ido"),
    ("is", "Íslenska"),
    ("it", "Italiano"),
    ("iu", "ᐃᓄᒃᑎᑐᑦ"),
    ("ja", "日本語"),
    ("jv", "basa Jawa"),
    ("ka", "ქართული"),
    ("kg", "Kikongo"),
    ("ki", "Gĩkũyũ"),
    ("kj", "Kuanyama"),
    ("kk", "қазақ тілі"),
    ("kl", "kalaallisut"),
    ("km", "ខេមរភាសា"),
    ("kn", "ಕನ್ನಡ"),
    ("ko", "한국어"),
    ("kr", "Kanuri"),
    ("ks", "कश्मीरी"),
    ("ku", "Kurdî"),
    ("kv", "коми кыв"),
    ("kw", "Kernewek"),
    ("ky", "Кыргызча"),
    ("la", "latine"),
    ("lb", "Lëtzebuergesch"),
    ("lg", "Luganda"),
    ("li", "Limburgs"),
    ("ln", "Lingála"),
    ("lo", "ພາສາລາວ"),
    ("lt", "lietuvių kalba"),
    ("lu", "Kiluba"),
    ("lv", "latviešu valoda"),
    ("mg", "fiteny malagasy"),
    ("mh", "Kajin M̧ajeļ"),
    ("mi", "te reo Māori"),
    ("mk", "македонски јазик"),
    ("ml", "മലയാളം"),
    ("mn", "Монгол хэл"),
    ("mr", "मराठी"),
    ("ms", "Bahasa Melayu"),
    ("mt", "Malti"),
    ("my", "ဗမာစာ"),
    ("na", "Dorerin Naoero"),
    ("nb", "Norsk bokmål"),
    ("nd", "isiNdebele"),
    ("ne", "नेपाली"),
    ("ng", "Owambo"),
    ("nl", "Nederlands"),
    ("nn", "Norsk nynorsk"),
    ("no", "Norsk"),
    ("nr", "isiNdebele"),
    ("nv", "Diné bizaad"),
    ("ny", "chiCheŵa"),
    ("oc", "occitan"),
    ("oj", "ᐊᓂᔑᓈᐯᒧᐎᓐ"),
    ("om", "Afaan Oromoo"),
    ("or", "ଓଡ଼ିଆ"),
    ("os", "ирон æвзаг"),
    ("pa", "ਪੰਜਾਬੀ"),
    ("pi", "पाऴि"),
    ("pl", "Polski"),
    ("ps", "پښتو"),
    ("pt", "Português"),
    ("qu", "Runa Simi"),
    ("rm", "rumantsch grischun"),
    ("rn", "Ikirundi"),
    ("ro", "Română"),
    ("ru", "Русский"),
    ("rw", "Ikinyarwanda"),
    ("sa", "संस्कृतम्"),
    ("sc", "sardu"),
    ("sd", "सिन्धी"),
    ("se", "Davvisámegiella"),
    ("sg", "yângâ tî sängö"),
    ("si", "සිංහල"),
    ("sk", "slovenčina"),
    ("sl", "slovenščina"),
    ("sm", "gagana fa'a Samoa"),
    ("sn", "chiShona"),
    ("so", "Soomaaliga"),
    ("sq", "Shqip"),
    ("sr", "српски језик"),
    ("ss", "SiSwati"),
    ("st", "Sesotho"),
    ("su", "Basa Sunda"),
    ("sv", "Svenska"),
    ("sw", "Kiswahili"),
    ("ta", "தமிழ்"),
    ("te", "తెలుగు"),
    ("tg", "тоҷикӣ"),
    ("th", "ไทย"),
    ("ti", "ትግርኛ"),
    ("tk", "Türkmençe"),
    ("tl", "Wikang Tagalog"),
    ("tn", "Setswana"),
    ("to", "faka Tonga"),
    ("tr", "Türkçe"),
    ("ts", "Xitsonga"),
    ("tt", "татар теле"),
    ("tw", "Twi"),
    ("ty", "Reo Tahiti"),
    ("ug", "ئۇيغۇرچە"),
    ("uk", "Українська"),
    ("ur", "اردو"),
    ("uz", "Ўзбек"),
    ("ve", "Tshivenḓa"),
    ("vi", "Tiếng Việt"),
    ("vo", "Volapük"),
    ("wa", "walon"),
    ("wo", "Wollof"),
    ("xh", "isiXhosa"),
    ("yi", "ייִדיש"),
    ("yo", "Yorùbá"),
    ("za", "Saɯ cueŋƅ"),
    ("zh", "中文"),
    ("zu", "isiZulu"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn languages_have_the_numbers_that_lemmys_apps_know() {
        assert_eq!(id_of(Some("en")), 37);
        assert_eq!(id_of(Some("de-AT")), 32);
        assert_eq!(code_of(47).as_deref(), Some("fr"));
        assert_eq!((id_of(None), id_of(Some("tlh"))), (0, 0));
        assert_eq!((code_of(0), code_of(9_999)), (None, None));
        assert_eq!(all().len(), 184);
    }

    #[test]
    fn what_a_browser_accepts_is_read_with_its_weights() {
        assert_eq!(accepted("en;q=0.8, fr-CH, *;q=0.5, tlh"), ["fr", "en"]);
        assert_eq!(accepted("*"), [""; 0]);
        assert_eq!(accepted("de-AT,de;q=0.9"), ["de"]);
        assert_eq!(accepted("en;q=x, ;;,"), [""; 0]);
        assert_eq!(ids_of(&["fr", "und", "de"]), [0, 32, 47]);
    }
}
