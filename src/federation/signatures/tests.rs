//! The promises of SECURITY 1 to 9 and 14, each against one good request that is then spoilt.

use std::sync::LazyLock;

use SignatureError as E;
use axum::http::HeaderValue;
use proptest::prelude::*;

use super::*;
use crate::domain::time::SECOND;
use crate::federation::keys::{SigningKey, VerifyingKey, generate_pair};

const HOST: &str = "coppice.example";
const KEY_ID: &str = "https://peer.example/u/ash#main-key";
const BODY: &[u8] = br#"{"type":"Like"}"#;

static KEYS: LazyLock<(SigningKey, VerifyingKey)> = LazyLock::new(|| {
    let pair = generate_pair().unwrap();
    let private = SigningKey::from_pem(&pair.private_pem).unwrap();
    (private, VerifyingKey::from_pem(&pair.public_pem).unwrap())
});

fn now() -> Timestamp {
    Timestamp::parse("2026-11-24T09:30:00Z").unwrap()
}

/// A request as it arrives, free to be spoilt.
#[derive(Clone)]
struct Arriving {
    method: Method,
    path: &'static str,
    headers: HeaderMap,
    body: Option<Vec<u8>>,
    now: Timestamp,
    our_host: &'static str,
}

impl Arriving {
    fn post() -> Self {
        let url = Url::parse("https://coppice.example/inbox?a=b").unwrap();
        let headers =
            sign_request(&Method::POST, &url, Some(BODY), KEY_ID, &KEYS.0, now()).unwrap();
        Arriving {
            method: Method::POST,
            path: "/inbox?a=b",
            headers,
            body: Some(BODY.to_vec()),
            now: now(),
            our_host: HOST,
        }
    }

    fn get() -> Self {
        let url = Url::parse("https://coppice.example/c/oak").unwrap();
        let headers = sign_request(&Method::GET, &url, None, KEY_ID, &KEYS.0, now()).unwrap();
        Arriving {
            method: Method::GET,
            path: "/c/oak",
            headers,
            body: None,
            ..Arriving::post()
        }
    }

    fn judge(&self) -> Result<(), SignatureError> {
        let parts = RequestParts {
            method: &self.method,
            path_and_query: self.path,
            headers: &self.headers,
            now: self.now,
            expected_host: self.our_host,
        };
        let signature = parse(&parts)?;
        let string = signature.check(&parts, self.body.as_deref())?;
        signature.verify(&string, &KEYS.1)
    }

    fn spoilt(mut self, spoil: impl FnOnce(&mut Self)) -> Result<(), SignatureError> {
        spoil(&mut self);
        self.judge()
    }

    fn set(&mut self, name: &'static str, value: &str) {
        self.headers
            .insert(name, HeaderValue::try_from(value).unwrap());
    }

    fn signature(&self) -> String {
        self.headers["signature"].to_str().unwrap().to_owned()
    }

    fn rewrite(&mut self, from: &str, to: &str) {
        let changed = self.signature().replace(from, to);
        assert_ne!(changed, self.signature(), "{from} is not in the signature");
        self.set("signature", &changed);
    }

    /// Signs anew, with `parameters` in front and over these header names, as a peer with its own
    /// ideas would.
    fn sign_over(&mut self, parameters: &str, names: &str) {
        self.set("signature", &format!(r#"keyId="{KEY_ID}",{parameters}"#));
        let string: Vec<String> = names
            .split(' ')
            .map(|name| match name {
                "(request-target)" => {
                    let method = self.method.as_str().to_lowercase();
                    format!("(request-target): {method} {}", self.path)
                }
                "(created)" | "(expires)" => {
                    let plain = name.trim_matches(['(', ')']);
                    let after = parameters.split(&format!("{plain}=")).nth(1).unwrap();
                    let number = after.trim_start_matches('"');
                    let end = number.find(|c: char| !c.is_ascii_digit()).unwrap();
                    format!("{name}: {}", &number[..end])
                }
                header => {
                    let value = self.headers[header].to_str().unwrap();
                    format!("{}: {value}", header.to_lowercase())
                }
            })
            .collect();
        let signature = KEYS.0.sign(string.join("\n").as_bytes()).unwrap();
        let text =
            format!(r#"keyId="{KEY_ID}",{parameters}headers="{names}",signature="{signature}""#);
        self.set("signature", &text);
    }
}

#[test]
fn what_we_sign_we_accept() {
    assert_eq!(Arriving::post().judge(), Ok(()));
    assert_eq!(Arriving::get().judge(), Ok(()));
}

#[test]
fn a_request_signed_by_openssl_as_mastodon_would_is_accepted() {
    // `openssl dgst -sha256 -sign` over the string below.
    const KEY: &str = "-----BEGIN RSA PUBLIC KEY-----
MIIBCgKCAQEApJSIXR2qsMG75gerq1Kwg+BQaliFCJ0I0a8q/bKTq3IzV0wYTBLo
cD+nfnWwd2bkzeyIl7W2E/vruwnYYoiocTJHeNg/3e1ztBU+2ycoY0Wsny0jydDQ
Jve51g+Pxpnr3jonbIaxFBZoNBT4wvSVKgaeXp06V5ZtogL1pzCaoTFw5uVdjdwZ
ZJFcnfcQxiHvy/APNYjTpzCblVJxX/54voESYQapEGCUpciX8iYlBISoT7rH7n/5
oJUj8M2OJDpJGwZR+cxsm6CJdb9SmpJhEW5KTLBrMw6WOd4ln4qdU2fEDdZlg1cn
2zzSb5tMFJPoxbe/RIhrxMcRFlJ5hPre1QIDAQAB
-----END RSA PUBLIC KEY-----";
    const SIGNATURE: &str = "QN+ec9Z9Jhnzu21Z1QXQoZzdPGJlQceAvh2Rn/a1UUf0c3Am69V6aYH3MNjvJZ/mdpobFZ+YjnR+hgrk+Y9K2JNHeB6RMoS4O029mjmIm4pOdRzD1imBn+21XFwMSCtEtjd9IdRE1PC7WGVzJMB5Qo8SuBRLkByA99ed4cwpdglV8RE/ELfiVmDLrBbs2Nz5o2Bhr/QpwUcf33Z6RRprNZZZFNlCFtcyyJzzaAUqty2Zwx192hogN0Q3jFcNmwkNRb9MhTUEQT/eSOFCeOgWsOiyF5i0RM6wIGfBTH1baru7TUdFmYWad6rSUkgF/ip5QpsuXu/sMc1Gu3auJw0HxA==";
    let mut headers = HeaderMap::new();
    let mut add = |name, value: &str| headers.insert(name, HeaderValue::try_from(value).unwrap());
    add("host", HOST);
    add("date", "Tue, 24 Nov 2026 09:30:00 GMT");
    add(
        "digest",
        "SHA-256=GYwYnH3BiO6aICFt0ThC5bUIJ4byvqdpWtR8m5fNkww=",
    );
    add("content-type", "application/activity+json");
    add(
        "signature",
        &format!(
            r#"keyId="https://mastodon.example/actor#main-key",algorithm="rsa-sha256",headers="(request-target) host date digest content-type",signature="{SIGNATURE}""#
        ),
    );
    let parts = RequestParts {
        method: &Method::POST,
        path_and_query: "/c/woodland/inbox",
        headers: &headers,
        now: now(),
        expected_host: HOST,
    };
    let parsed = parse(&parts).unwrap();
    assert_eq!(
        parsed.key_id.as_str(),
        "https://mastodon.example/actor#main-key"
    );
    let string = parsed.check(&parts, Some(br#"{"type":"Follow"}"#)).unwrap();
    assert_eq!(
        String::from_utf8(string.clone()).unwrap(),
        "(request-target): post /c/woodland/inbox\n\
         host: coppice.example\n\
         date: Tue, 24 Nov 2026 09:30:00 GMT\n\
         digest: SHA-256=GYwYnH3BiO6aICFt0ThC5bUIJ4byvqdpWtR8m5fNkww=\n\
         content-type: application/activity+json"
    );
    let key = VerifyingKey::from_pem(KEY).unwrap();
    assert_eq!(parsed.verify(&string, &key), Ok(()));
    assert_eq!(parsed.verify(&string, &KEYS.1), Err(E::BadSignature));
}

/// SECURITY 1.
#[test]
fn an_unsigned_request_is_refused_1() {
    let unsigned = |r: &mut Arriving| drop(r.headers.remove("signature"));
    assert_eq!(Arriving::post().spoilt(unsigned), Err(E::Missing));
    assert_eq!(Arriving::get().spoilt(unsigned), Err(E::Missing));
    let bearer = Arriving::post().spoilt(|r| {
        r.headers.remove("signature");
        r.set("authorization", "Bearer abc");
    });
    assert_eq!(bearer, Err(E::Missing));
}

/// SECURITY 2, 3, 4.
#[test]
fn a_body_without_its_own_digest_is_refused_2_3_4() {
    let missing = Arriving::post().spoilt(|r| drop(r.headers.remove("digest")));
    assert_eq!(missing, Err(E::DigestMissing));
    let changed = Arriving::post().spoilt(|r| r.body = Some(b"{}".to_vec()));
    assert_eq!(changed, Err(E::DigestMismatch));
    let emptied = Arriving::post().spoilt(|r| r.body = None);
    assert_eq!(emptied, Err(E::DigestMismatch));
    let both = Arriving::post().spoilt(|r| {
        r.body = Some(b"{}".to_vec());
        r.set("digest", &digest_header(b"{}"));
    });
    assert_eq!(both, Err(E::BadSignature));
    let of_get = Arriving::get().spoilt(|r| r.body = Some(b"{}".to_vec()));
    assert_eq!(of_get, Err(E::DigestMissing));
}

#[test]
fn a_digest_is_read_in_the_spellings_peers_use_and_in_no_other() {
    let good = digest_header(BODY);
    let base64 = good.strip_prefix("SHA-256=").unwrap().to_owned();
    let judge = |value: &str| {
        Arriving::post().spoilt(|r| {
            r.set("digest", value);
            r.sign_over("", "(request-target) host date digest");
        })
    };
    assert_eq!(judge(&format!("sha-256={base64}")), Ok(()));
    assert_eq!(judge(&format!("SHA-512=AAAA, SHA-256={base64}")), Ok(()));
    assert_eq!(judge(&format!("SHA-256={base64},unknown=1")), Ok(()));
    assert_eq!(judge(&format!("SHA-512={base64}")), Err(E::DigestMissing));
    assert_eq!(
        judge(&format!("{good},{good}")),
        Err(E::DigestMalformed),
        "twice"
    );
    assert_eq!(judge("SHA-256=AAAA"), Err(E::DigestMismatch));
    assert_eq!(judge("SHA-256=@"), Err(E::DigestMalformed));
    assert_eq!(judge(""), Err(E::DigestMalformed));
}

/// SECURITY 5.
#[test]
fn a_date_outside_the_window_is_refused_5() {
    let at = |ms| Arriving::post().spoilt(|r| r.now = now().plus(ms));
    assert_eq!(at(MAX_AGE), Ok(()));
    assert_eq!(at(MAX_AGE + SECOND), Err(E::Stale));
    assert_eq!(at(-MAX_AHEAD), Ok(()));
    assert_eq!(at(-MAX_AHEAD - SECOND), Err(E::FromFuture));
    for date in ["yesterday", "", "Tue, 24 Nov 1950 09:30:00 GMT"] {
        let odd = Arriving::post().spoilt(|r| r.set("date", date));
        assert!(matches!(odd, Err(E::BadDate | E::Stale)), "{date}: {odd:?}");
    }
    let dateless = Arriving::post().spoilt(|r| drop(r.headers.remove("date")));
    assert_eq!(dateless, Err(E::AbsentHeader("date".into())));
}

#[test]
fn created_and_expires_as_lemmy_sends_them_are_honoured_5() {
    let names = "(request-target) (created) (expires) content-type digest host";
    let judge = |created: i64, expires: i64, algorithm: &str| {
        Arriving::post().spoilt(|r| {
            let base = now().millis() / SECOND;
            let (created, expires) = (base + created, base + expires);
            r.headers.remove("date");
            r.sign_over(
                &format!(r#"{algorithm}created="{created}",expires={expires},"#),
                names,
            );
        })
    };
    let hs2019 = r#"algorithm="hs2019","#;
    assert_eq!(judge(-10, 3600, hs2019), Ok(()));
    assert_eq!(judge(-10, 3600, ""), Ok(()));
    assert_eq!(judge(-3700, -100, hs2019), Err(E::Stale));
    assert_eq!(judge(-13 * 3600, 3600, hs2019), Err(E::Stale));
    assert_eq!(judge(2 * 3600, 3 * 3600, hs2019), Err(E::FromFuture));
    let old_name = judge(-10, 3600, r#"algorithm="rsa-sha256","#);
    assert!(matches!(old_name, Err(E::Malformed(_))));

    let unsigned = Arriving::post().spoilt(|r| {
        let past = now().millis() / SECOND - 3600;
        r.sign_over(
            &format!("expires={past},"),
            "(request-target) host date digest",
        );
    });
    assert_eq!(unsigned, Err(E::Stale));
    let absurd = Arriving::post().spoilt(|r| {
        r.sign_over(
            "created=9223372036854775807,",
            "(request-target) (created) host digest",
        );
    });
    assert_eq!(absurd, Err(E::FromFuture));
}

/// SECURITY 6.
#[test]
fn a_signature_over_too_few_headers_is_refused_6() {
    for (names, lacking) in [
        ("host date digest", "(request-target)"),
        ("(request-target) date digest", "host"),
        ("(request-target) host digest", "date"),
        ("(request-target) host date", "digest"),
        ("date", "(request-target)"),
    ] {
        let judged = Arriving::post().spoilt(|r| r.sign_over("", names));
        assert_eq!(judged, Err(E::MissingHeader(lacking)), "{names}");
    }
    for (names, lacking) in [
        ("host date", "(request-target)"),
        ("(request-target) date", "host"),
        ("(request-target) host", "date"),
    ] {
        let judged = Arriving::get().spoilt(|r| r.sign_over("", names));
        assert_eq!(judged, Err(E::MissingHeader(lacking)), "{names}");
    }
    let no_list = Arriving::post().spoilt(|r| {
        r.rewrite(
            r#"headers="(request-target) host date digest content-type","#,
            "",
        );
        r.rewrite("rsa-sha256", "hs2019");
    });
    assert_eq!(no_list, Err(E::MissingHeader("(request-target)")));
}

#[test]
fn header_names_are_listed_in_any_case_and_order() {
    let judged = Arriving::post().spoilt(|r| {
        r.sign_over("", "Content-Type Digest (request-target) Date Host");
    });
    assert_eq!(judged, Ok(()));
}

/// SECURITY 7, 8, 9.
#[test]
fn a_signature_for_another_path_host_or_method_is_refused_7_8_9() {
    for path in ["/outbox?a=b", "/inbox", "/inbox?a=c"] {
        let judged = Arriving::post().spoilt(|r| r.path = path);
        assert_eq!(judged, Err(E::BadSignature), "{path}");
    }
    let elsewhere = Arriving::post().spoilt(|r| r.our_host = "other.example");
    assert_eq!(elsewhere, Err(E::WrongHost));
    let renamed = Arriving::post().spoilt(|r| {
        r.our_host = "other.example";
        r.set("host", "other.example");
    });
    assert_eq!(renamed, Err(E::BadSignature));
    let put = Arriving::post().spoilt(|r| r.method = Method::PUT);
    assert_eq!(put, Err(E::BadSignature));
}

#[test]
fn a_host_is_compared_without_case_and_default_port() {
    let judge = |sent: &str, ours: &'static str| {
        Arriving::post().spoilt(|r| {
            r.our_host = ours;
            r.set("host", sent);
            r.sign_over("", "(request-target) host date digest");
        })
    };
    assert_eq!(judge("Coppice.Example", HOST), Ok(()));
    assert_eq!(judge("coppice.example:443", HOST), Ok(()));
    assert_eq!(judge("coppice.example", "coppice.example:443"), Ok(()));
    assert_eq!(judge("localhost:8080", "localhost:8080"), Ok(()));
    for other in [
        "coppice.example:8443",
        "coppice.example.",
        "xcoppice.example",
        "",
    ] {
        assert_eq!(judge(other, HOST), Err(E::WrongHost), "{other}");
    }
}

#[test]
fn the_authorization_header_is_another_place_for_the_one_signature() {
    let moved = Arriving::post().spoilt(|r| {
        r.set("authorization", &format!("Signature {}", r.signature()));
        r.headers.remove("signature");
    });
    assert_eq!(moved, Ok(()));
    let both = Arriving::post().spoilt(|r| {
        r.set("authorization", &format!("signature {}", r.signature()));
    });
    assert_eq!(both, Err(E::Several));
}

/// SECURITY 14.
#[test]
fn doubled_signatures_parameters_and_headers_are_refused_14() {
    let twice = Arriving::post().spoilt(|r| {
        let again = r.headers["signature"].clone();
        r.headers.append("signature", again);
    });
    assert_eq!(twice, Err(E::Several));
    for extra in [
        r#"keyId="https://evil.example/u/x#main-key""#,
        r#"KEYID="https://evil.example/u/x#main-key""#,
        r#"headers="date""#,
        r#"signature="AAAA""#,
        r#"algorithm="hs2019""#,
    ] {
        for front in [true, false] {
            let judged = Arriving::post().spoilt(|r| {
                let (sig, extra) = (r.signature(), extra);
                let text = match front {
                    true => format!("{extra},{sig}"),
                    false => format!("{sig},{extra}"),
                };
                r.set("signature", &text);
            });
            assert!(
                matches!(judged, Err(E::DuplicateParameter(_))),
                "{extra}: {judged:?}"
            );
        }
    }
    for name in ["host", "digest", "date"] {
        let judged = Arriving::post().spoilt(|r| {
            let again = r.headers[name].clone();
            r.headers.append(name, again);
        });
        assert_eq!(judged, Err(E::DuplicateHeader(name)));
    }
    let listed = Arriving::post().spoilt(|r| r.rewrite("host date", "host Host date"));
    assert!(matches!(listed, Err(E::Malformed(_))));
}

/// SECURITY 14.
#[test]
fn foreign_algorithms_are_refused_14() {
    for name in [
        "none",
        "",
        "hmac-sha256",
        "rsa-sha1",
        "RSA-SHA256",
        "ed25519",
    ] {
        let judged = Arriving::post().spoilt(|r| r.rewrite("rsa-sha256", name));
        assert_eq!(judged, Err(E::UnsupportedAlgorithm(name.into())));
    }
    for accepted in ["", r#"algorithm="hs2019","#] {
        let judged = Arriving::post().spoilt(|r| r.rewrite(r#"algorithm="rsa-sha256","#, accepted));
        assert_eq!(judged, Ok(()));
    }
}

/// SECURITY 14.
#[test]
fn quoting_tricks_and_broken_values_are_refused_14() {
    for (from, to) in [
        ("keyId=\"", "keyId="),
        ("#main-key\"", "#main-key"),
        ("#main-key\",", "#main-key\""),
        ("#main-key\",", "#main-key\",,"),
        ("#main-key", "\\\"#main-key"),
        ("https://peer.example", "acct:ash@peer.example"),
        ("https://peer.example", "file:///etc"),
        ("https://peer.example", "https://x@peer.example"),
        ("host date", "host date x-absent"),
        (
            "headers=\"(request-target) host date digest content-type\"",
            "headers=\"\"",
        ),
        ("signature=\"", "signature=\"@"),
        ("algorithm=", "=\"\",algorithm="),
        ("algorithm=", "created=-1,algorithm="),
        ("algorithm=", "created=01,algorithm="),
        ("algorithm=", "created=1.5,algorithm="),
        ("algorithm=", "created=\"x\",algorithm="),
    ] {
        let judged = Arriving::post().spoilt(|r| r.rewrite(from, to));
        assert!(
            matches!(judged, Err(E::Malformed(_) | E::AbsentHeader(_))),
            "{from} to {to}: {judged:?}"
        );
    }
    for text in ["", ",", "=", "keyId", "keyId=\"", "\"", "sig1=:AAAA:"] {
        let judged = Arriving::post().spoilt(|r| r.set("signature", text));
        assert!(matches!(judged, Err(E::Malformed(_))), "{text}: {judged:?}");
    }
    let many = Arriving::post().spoilt(|r| {
        let pile: String = (0..40).map(|n| format!("x{n}=1,")).collect();
        r.set("signature", &format!("{pile}{}", r.signature()));
    });
    assert_eq!(many, Err(E::Malformed("too many parameters")));
    let long = Arriving::post().spoilt(|r| r.rewrite("#main-key", &"x".repeat(9000)));
    assert_eq!(long, Err(E::Malformed("too long")));
    let lacking = Arriving::post().spoilt(|r| r.set("signature", r#"keyId="https://a.example/""#));
    assert_eq!(lacking, Err(E::MissingParameter("signature")));
    let newer = Arriving::post().spoilt(|r| r.set("signature-input", "sig1=()"));
    assert_eq!(newer, Err(E::UnsupportedForm));
}

#[test]
fn spaces_between_parameters_and_unknown_ones_do_no_harm() {
    let judged = Arriving::post().spoilt(|r| {
        r.rewrite("\",", "\" ,\t");
        r.rewrite("algorithm=", "opaque=\"a,b=c\", algorithm = ");
    });
    assert_eq!(judged, Ok(()));
}

#[test]
fn a_key_id_that_would_break_the_header_is_not_signed_with() {
    let url = Url::parse("https://coppice.example/").unwrap();
    for key_id in ["", "a\"b", "a b", "a\nb", "ä"] {
        let signed = sign_request(&Method::GET, &url, None, key_id, &KEYS.0, now());
        assert!(matches!(signed, Err(SignError::KeyId)), "{key_id}");
    }
}

proptest! {
    #[test]
    fn no_header_makes_the_judge_panic(
        signature in r#"(keyId|signature|headers|created|=|"|,| |https://a\.example|[ -~]){0,30}"#,
        digest in "[ -~]{0,40}",
        date in "[ -~]{0,40}",
    ) {
        let judged = Arriving::post().spoilt(|r| {
            r.set("signature", &signature);
            r.set("digest", &digest);
            r.set("date", &date);
        });
        prop_assert!(judged.is_err());
        let judged = Arriving::post().spoilt(|r| {
            r.set("digest", &digest);
            r.set("date", &date);
        });
        prop_assert!(judged.is_err());
    }
}
