//! How a signature may be written, and how not.

use proptest::prelude::*;

use super::*;

#[test]
fn header_names_are_listed_in_any_case_and_order() {
    let judged = Arriving::post().spoilt(|r| {
        r.sign_over("", "Content-Type Digest (request-target) Date Host");
    });
    assert_eq!(judged, Ok(()));
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
    let mixed = Arriving::post().spoilt(|r| r.set("signature-input", "sig1=()"));
    assert!(matches!(mixed, Err(E::Malformed(_))));
}

#[test]
fn spaces_between_parameters_and_unknown_ones_do_no_harm() {
    let judged = Arriving::post().spoilt(|r| {
        r.rewrite("\",", "\" ,\t");
        r.rewrite("algorithm=", "opaque=\"a,b=c\", algorithm = ");
    });
    assert_eq!(judged, Ok(()));
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
