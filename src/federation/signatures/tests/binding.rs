//! What a signature must bind: body, time, headers, path, host, method.

use super::*;
use crate::domain::time::SECOND;

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
