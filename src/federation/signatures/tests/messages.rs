//! RFC 9421: its own test vectors, the forms that peers send, and what must be bound.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use proptest::prelude::*;

use super::*;
use crate::domain::time::SECOND;

/// The request of RFC 9421, B.2, at the time it was signed.
fn of_the_rfc(input: &str, signature: &str) -> HeaderMap {
    let mut headers = HeaderMap::new();
    for (name, value) in [
        ("host", "example.com"),
        ("date", "Tue, 20 Apr 2021 02:07:55 GMT"),
        ("content-type", "application/json"),
        (
            "content-digest",
            "sha-512=:WZDPaVn/7XgHaAy8pmojAkGWoRx2UFChF41A2svX+TaPm+AbwAgBWnrIiYllu7BNNyealdVLvRwEmTHWXvJwew==:",
        ),
        ("content-length", "18"),
        ("signature-input", input),
        ("signature", signature),
    ] {
        headers.insert(name, HeaderValue::try_from(value).unwrap());
    }
    headers
}

fn parts_of_the_rfc(headers: &HeaderMap) -> RequestParts<'_> {
    RequestParts {
        method: &Method::POST,
        path_and_query: "/foo?param=Value&Pet=dog",
        headers,
        now: Timestamp::from_millis(1_618_884_475 * SECOND),
        expected_host: "example.com",
        expected_scheme: "https",
    }
}

/// B.2.3, with the key of B.1.2; the key ids of the RFC are no addresses, so the crypto is checked
/// over the signature base that the RFC prints.
#[test]
fn the_vector_with_full_coverage_verifies_with_rsa_pss() {
    const KEY: &str = "-----BEGIN PUBLIC KEY-----
MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAr4tmm3r20Wd/PbqvP1s2
+QEtvpuRaV8Yq40gjUR8y2Rjxa6dpG2GXHbPfvMs8ct+Lh1GH45x28Rw3Ry53mm+
oAXjyQ86OnDkZ5N8lYbggD4O3w6M6pAvLkhk95AndTrifbIFPNU8PPMO7OyrFAHq
gDsznjPFmTOtCEcN2Z1FpWgchwuYLPL+Wokqltd11nqqzi+bJ9cvSKADYdUAAN5W
Utzdpiy6LbTgSxP7ociU4Tn0g5I6aDZJ7A8Lzo0KSyZYoA485mqcO0GVAdVw9lq4
aOT9v6d+nb4bnNkQVklLQ3fVAvJm+xdDOp9LCNCN48V2pnDOkFV6+U9nV5oyc6XI
2wIDAQAB
-----END PUBLIC KEY-----";
    const SIGNATURE: &str = "bbN8oArOxYoyylQQUU6QYwrTuaxLwjAC9fbY2F6SVWvh0yBiMIRGOnMYwZ/5MR6fb0Kh1rIRASVxFkeGt683+qRpRRU5p2voTp768ZrCUb38K0fUxN0O0iC59DzYx8DFll5GmydPxSmme9v6ULbMFkl+V5B1TP/yPViV7KsLNmvKiLJH1pFkh/aYA2HXXZzNBXmIkoQoLd7YfW91kE9o/CCoC1xMy7JA1ipwvKvfrs65ldmlu9bpG6A9BmzhuzF8Eim5f8ui9eH8LZH896+QIF61ka39VBrohr9iyMUJpvRX2Zbhl5ZJzSRxpJyoEZAFL2FUo5fTIztsDZKEgM4cUA==";
    const BASE: &str = "\"date\": Tue, 20 Apr 2021 02:07:55 GMT
\"@method\": POST
\"@path\": /foo
\"@query\": ?param=Value&Pet=dog
\"@authority\": example.com
\"content-type\": application/json
\"content-digest\": sha-512=:WZDPaVn/7XgHaAy8pmojAkGWoRx2UFChF41A2svX+TaPm+AbwAgBWnrIiYllu7BNNyealdVLvRwEmTHWXvJwew==:
\"content-length\": 18
\"@signature-params\": (\"date\" \"@method\" \"@path\" \"@query\" \"@authority\" \"content-type\" \"content-digest\" \"content-length\");created=1618884473;keyid=\"test-key-rsa-pss\"";
    let key = VerifyingKey::from_pem(KEY).unwrap();
    let signature = STANDARD.decode(SIGNATURE).unwrap();
    assert!(key.verify_as(Algorithm::RsaPssSha512, BASE.as_bytes(), &signature));
    assert!(!key.verify_as(Algorithm::RsaV15Sha256, BASE.as_bytes(), &signature));
    assert!(!key.verify_as(Algorithm::Ed25519, BASE.as_bytes(), &signature));

    // The same base comes out of the same request, but for the key id.
    let input = "sig-b23=( \"date\" \"@method\"  \"@path\" \"@query\" \"@authority\" \"content-type\" \"content-digest\" \"content-length\" );created=1618884473;keyid=\"https://a.example/k\"";
    let headers = of_the_rfc(input, &format!("sig-b23=:{SIGNATURE}:"));
    let parts = parts_of_the_rfc(&headers);
    let parsed = parse(&parts).unwrap();
    let signed = parsed[0]
        .check(&parts, Some(br#"{"hello": "world"}"#))
        .unwrap();
    let ours = String::from_utf8(signed.0[0].clone()).unwrap();
    assert_eq!(
        ours,
        BASE.replace("test-key-rsa-pss", "https://a.example/k")
    );
}

/// B.2.6, with the key of B.1.4.
#[test]
fn the_vector_with_ed25519_verifies() {
    const SIGNATURE: &str =
        "wqcAqbmYJ2ji2glfAMaRy4gruYYnx2nEFN2HN6jrnDnQCK1u02Gb04v9EDgwUPiu4A0w6vuQv5lIp5WPpBKRCw==";
    const BASE: &str = "\"date\": Tue, 20 Apr 2021 02:07:55 GMT
\"@method\": POST
\"@path\": /foo
\"@authority\": example.com
\"content-type\": application/json
\"content-length\": 18
\"@signature-params\": (\"date\" \"@method\" \"@path\" \"@authority\" \"content-type\" \"content-length\");created=1618884473;keyid=\"test-key-ed25519\"";
    // The key of the RFC, JrQLj5P/89iXES9+vFgrIy29clF9CC/oPPsw3c5D0bs=, as a Multikey.
    let key = VerifyingKey::from_multibase("z6Mkh4LmfP1ev9MNPGr7JbEbtD6BD4fsu1duEj83PMCs3xHG");
    let Ok(key) = key else { panic!("{key:?}") };
    let signature = STANDARD.decode(SIGNATURE).unwrap();
    assert!(key.verify(BASE.as_bytes(), &signature));
    assert!(key.verify_as(Algorithm::Ed25519, BASE.as_bytes(), &signature));
    assert!(!key.verify(b"something else", &signature));
}

impl Arriving {
    /// Signs anew as RFC 9421 has it, over these components, with these parameters.
    fn sign_message(&mut self, components: &str, parameters: &str) {
        let created = now().millis() / SECOND;
        let parameters = parameters.replace("NOW", &created.to_string());
        let input = format!("({components}){parameters}");
        let mut base = String::new();
        for name in components.split(' ').filter(|name| !name.is_empty()) {
            let bare = name.trim_matches('"');
            let (path, query) = self.path.split_once('?').unwrap_or((self.path, ""));
            let value = match bare {
                "@method" => self.method.to_string(),
                "@target-uri" => format!("https://{}{}", self.our_host, self.path),
                "@authority" => self.our_host.to_owned(),
                "@path" => path.to_owned(),
                "@query" => format!("?{query}"),
                "@request-target" => self.path.to_owned(),
                "@scheme" => "https".to_owned(),
                header => match self.headers.get(header) {
                    Some(value) => value.to_str().unwrap().to_owned(),
                    None => "absent".to_owned(),
                },
            };
            base.push_str(&format!("{name}: {value}\n"));
        }
        base.push_str(&format!("\"@signature-params\": {input}"));
        let signature = KEYS.0.sign(base.as_bytes()).unwrap();
        self.set("signature-input", &format!("sig1={input}"));
        self.set("signature", &format!("sig1=:{signature}:"));
    }

    fn post_in_rfc() -> Self {
        let mut arriving = Arriving::post();
        arriving.headers.remove("digest");
        arriving.set("content-digest", &content_digest_header(BODY));
        arriving.sign_message(MASTODONS, PARAMETERS);
        arriving
    }
}

/// As Mastodon 4.5 signs a POST.
const MASTODONS: &str = r#""@method" "@target-uri" "content-digest""#;
const PARAMETERS: &str = r#";created=NOW;keyid="https://peer.example/u/ash#main-key""#;

#[test]
fn what_we_sign_in_the_form_of_the_rfc_we_accept() {
    let form = SignatureForm::Rfc9421;
    let url = Url::parse("https://coppice.example/inbox?a=b").unwrap();
    let signed = |method: Method, body: Option<&[u8]>| {
        let headers = sign_request_as(form, &method, &url, body, KEY_ID, &KEYS.0, now());
        Arriving {
            method,
            headers: headers.unwrap(),
            body: body.map(<[u8]>::to_vec),
            ..Arriving::post()
        }
    };
    let post = signed(Method::POST, Some(BODY));
    assert_eq!(post.judge(), Ok(()));
    let input = post.headers["signature-input"].to_str().unwrap();
    assert!(input.starts_with(r#"sig1=("@method" "@target-uri" "content-digest");created="#));
    let get = signed(Method::GET, None);
    assert_eq!(get.judge(), Ok(()));
    assert_eq!(
        get.clone().spoilt(|r| r.path = "/inbox?a=c"),
        Err(E::BadSignature)
    );
    assert_eq!(
        get.spoilt(|r| r.our_host = "other.example"),
        Err(E::BadSignature)
    );
}

#[test]
fn the_forms_that_peers_send_are_read() {
    for components in [
        MASTODONS,
        r#""@method" "@target-uri" "@authority" "host" "date" "content-digest""#,
        r#""@method" "@authority" "@path" "@query" "content-digest" "content-type""#,
        r#""@request-target" "host" "@method" "content-digest""#,
        r#""content-digest" "@scheme" "@target-uri" "@method""#,
    ] {
        for parameters in [
            PARAMETERS,
            r#";alg="rsa-v1_5-sha256";keyid="https://peer.example/u/ash#main-key";created=NOW"#,
            r#";keyid="https://peer.example/u/ash#main-key";created=NOW;expires=9999999999;nonce="x";tag="fedi""#,
        ] {
            let judged = Arriving::post_in_rfc().spoilt(|r| r.sign_message(components, parameters));
            assert_eq!(judged, Ok(()), "{components} {parameters}");
        }
    }
    // By its date, where there is no created.
    let dated = Arriving::post_in_rfc().spoilt(|r| {
        r.sign_message(
            r#""@method" "@target-uri" "content-digest" "date""#,
            r#";keyid="https://peer.example/u/ash#main-key""#,
        );
    });
    assert_eq!(dated, Ok(()));
}

#[test]
fn of_several_labels_one_must_verify() {
    let with_another = |other: &str, value: &str| {
        Arriving::post_in_rfc().spoilt(|r| {
            let input = r.headers["signature-input"].to_str().unwrap().to_owned();
            let signature = r.signature();
            r.set("signature-input", &format!("{other}, {input}"));
            r.set("signature", &format!("{value}, {signature}"));
        })
    };
    let alien = r#"a=("@method");created=1;keyid="https://proxy.example/k";alg="hmac-sha256""#;
    assert_eq!(with_another(alien, "a=:AAAA:"), Ok(()));
    let wrong = r#"a=("@method" "@target-uri" "content-digest");created=1795512600;keyid="https://peer.example/u/ash#main-key""#;
    assert_eq!(with_another(wrong, "a=:AAAA:"), Ok(()));
    let lonely = Arriving::post_in_rfc().spoilt(|r| {
        let renamed = r.signature().replace("sig1", "sig2");
        r.set("signature", &renamed);
    });
    assert_eq!(lonely, Err(E::Malformed("a label has no signature")));
}

/// SECURITY 2 to 9, for RFC 9421.
#[test]
fn what_must_be_bound_is_bound() {
    for (components, lacking) in [
        (r#""@target-uri" "content-digest""#, "@method"),
        (r#""@method" "content-digest""#, "@authority"),
        (r#""@method" "@path" "content-digest""#, "@authority"),
        (r#""@method" "@authority" "content-digest""#, "@target-uri"),
        (
            r#""@method" "@authority" "@path" "content-digest""#,
            "@target-uri",
        ),
        (r#""@method" "@target-uri""#, "content-digest"),
    ] {
        let judged = Arriving::post_in_rfc().spoilt(|r| r.sign_message(components, PARAMETERS));
        assert_eq!(judged, Err(E::MissingHeader(lacking)), "{components}");
    }
    let changed = Arriving::post_in_rfc().spoilt(|r| r.body = Some(b"{}".to_vec()));
    assert_eq!(changed, Err(E::DigestMismatch));
    let both = Arriving::post_in_rfc().spoilt(|r| {
        r.body = Some(b"{}".to_vec());
        r.set("content-digest", &content_digest_header(b"{}"));
    });
    assert_eq!(both, Err(E::BadSignature));
    let none = Arriving::post_in_rfc().spoilt(|r| drop(r.headers.remove("content-digest")));
    assert_eq!(none, Err(E::DigestMissing));
    let path = Arriving::post_in_rfc().spoilt(|r| r.path = "/c/x/inbox");
    assert_eq!(path, Err(E::BadSignature));
    let put = Arriving::post_in_rfc().spoilt(|r| r.method = Method::PUT);
    assert_eq!(put, Err(E::BadSignature));
    let host = Arriving::post_in_rfc().spoilt(|r| r.our_host = "other.example");
    assert_eq!(host, Err(E::BadSignature));

    let at = |ms| Arriving::post_in_rfc().spoilt(|r| r.now = now().plus(ms));
    assert_eq!(at(MAX_AGE), Ok(()));
    assert_eq!(at(MAX_AGE + SECOND), Err(E::Stale));
    assert_eq!(at(-MAX_AHEAD - SECOND), Err(E::FromFuture));
    for (parameters, error) in [
        (
            r#";keyid="https://a.example/k""#,
            E::MissingParameter("created"),
        ),
        (";created=NOW", E::MissingParameter("keyid")),
        (
            r#";created=NOW;expires=5;keyid="https://a.example/k""#,
            E::Stale,
        ),
        (
            r#";created=NOW;alg="none";keyid="https://a.example/k""#,
            E::UnsupportedAlgorithm("none".into()),
        ),
        (
            r#";created=NOW;alg="hmac-sha256";keyid="https://a.example/k""#,
            E::UnsupportedAlgorithm("hmac-sha256".into()),
        ),
        (
            r#";created=NOW;alg="ed25519";keyid="https://a.example/k""#,
            E::BadSignature,
        ),
    ] {
        let judged = Arriving::post_in_rfc().spoilt(|r| r.sign_message(MASTODONS, parameters));
        assert_eq!(judged, Err(error), "{parameters}");
    }
}

#[test]
fn content_digests_are_read_as_rfc_9530_writes_them() {
    let judge = |value: &str| {
        Arriving::post_in_rfc().spoilt(|r| {
            r.set("content-digest", value);
            r.sign_message(MASTODONS, PARAMETERS);
        })
    };
    let good = content_digest_header(BODY);
    let sha512 = STANDARD.encode(aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA512, BODY));
    assert_eq!(judge(&format!("sha-512=:{sha512}:")), Ok(()));
    assert_eq!(
        judge(&format!("md5=:AAAA:, {good}, sha-512=:{sha512}:")),
        Ok(())
    );
    assert_eq!(
        judge(&format!("{good}, sha-512=:AAAA:")),
        Err(E::DigestMismatch)
    );
    assert_eq!(judge("md5=:AAAA:"), Err(E::DigestMissing));
    assert_eq!(judge("sha-256=AAAA"), Err(E::DigestMalformed));
    assert_eq!(judge("sha-256=:@:"), Err(E::DigestMalformed));
}

#[test]
fn tricks_with_components_are_refused() {
    for components in [
        r#""@method" "@method" "@target-uri" "content-digest""#,
        r#""@status" "@method" "@target-uri" "content-digest""#,
        r#""@query-param" "@method" "@target-uri" "content-digest""#,
        r#""Content-Digest" "@method" "@target-uri" "content-digest""#,
        r#""@method";req "@target-uri" "content-digest""#,
        r#""@method" "@target-uri" "content-digest";sf"#,
        r#"@method "@target-uri" "content-digest""#,
    ] {
        let judged = Arriving::post_in_rfc().spoilt(|r| r.sign_message(components, PARAMETERS));
        assert!(
            matches!(judged, Err(E::Malformed(_) | E::UnknownComponent(_))),
            "{components}: {judged:?}"
        );
    }
    let absent = Arriving::post_in_rfc().spoilt(|r| {
        r.sign_message(
            r#""@method" "@target-uri" "content-digest" "x-absent""#,
            PARAMETERS,
        );
    });
    assert_eq!(absent, Err(E::AbsentHeader("x-absent".into())));
}

/// Behind a proxy that puts a name of its own into `Host`.
#[test]
fn a_proxy_may_tell_the_host_that_was_asked_for() {
    let behind = |header: &'static str, value: &str| {
        Arriving::post().spoilt(|r| {
            r.set("host", "127.0.0.1:8080");
            r.set(header, value);
        })
    };
    assert_eq!(behind("x-forwarded-host", HOST), Ok(()));
    assert_eq!(behind("x-forwarded-host", "Coppice.example, inner"), Ok(()));
    assert_eq!(
        behind(
            "forwarded",
            "for=192.0.2.1;host=\"coppice.example\";proto=https"
        ),
        Ok(())
    );
    assert_eq!(
        behind("x-forwarded-host", "evil.example"),
        Err(E::WrongHost)
    );
    assert_eq!(behind("x-other", HOST), Err(E::WrongHost));
    // One that takes away, or adds, the port that was signed.
    let names = "(request-target) host date digest";
    let taken = Arriving::post().spoilt(|r| {
        r.set("host", "coppice.example:443");
        r.sign_over("", names);
        r.set("host", HOST);
    });
    assert_eq!(taken, Ok(()));
    let added = Arriving::post().spoilt(|r| r.set("host", "coppice.example:443"));
    assert_eq!(added, Ok(()));
    // What was signed for somebody else stays so, whatever the proxy says.
    let forged = Arriving::post().spoilt(|r| {
        r.set("host", "other.example");
        r.sign_over("", names);
        r.set("x-forwarded-host", HOST);
    });
    assert_eq!(forged, Err(E::BadSignature));
}

#[test]
fn a_fetch_may_be_signed_without_its_query_and_a_delivery_may_not() {
    let get = Arriving::get().spoilt(|r| r.path = "/c/oak?page=2");
    assert_eq!(get, Ok(()));
    let post = Arriving::post().spoilt(|r| {
        r.path = "/inbox";
        r.sign_over("", "(request-target) host date digest");
        r.path = "/inbox?a=b";
    });
    assert_eq!(post, Err(E::BadSignature));
}

proptest! {
    #[test]
    fn no_signature_input_makes_the_judge_panic(
        input in r#"(sig1=|\(|\)|"@method"|"@target-uri"|;|created=|keyid=|"https://a\.example"|,|:|=| |[ -~]){0,30}"#,
        signature in r#"(sig1=:|AAAA|:|,|[ -~]){0,12}"#,
        digest in r#"(sha-256=:|AAAA|:|,|[ -~]){0,12}"#,
    ) {
        let judged = Arriving::post_in_rfc().spoilt(|r| {
            r.set("signature-input", &input);
            r.set("signature", &signature);
            r.set("content-digest", &digest);
        });
        prop_assert!(judged.is_err());
    }
}
