//! The promises of SECURITY 1 to 9 and 14, each against one good request that is then spoilt.

mod binding;
mod messages;
mod spelling;

use std::sync::LazyLock;

use SignatureError as E;
use axum::http::HeaderValue;

use super::*;
use crate::federation::keys::{Algorithm, SigningKey, VerifyingKey, generate_pair};

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

/// As peers do it: any of several signatures will do.
fn judged(
    parts: &RequestParts<'_>,
    body: Option<&[u8]>,
    key: &VerifyingKey,
) -> Result<(), SignatureError> {
    let mut outcome = Err(SignatureError::Missing);
    for signature in parse(parts)? {
        outcome = signature
            .check(parts, body)
            .and_then(|signed| signature.verify(&signed, key));
        if outcome.is_ok() {
            break;
        }
    }
    outcome
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
            expected_scheme: "https",
        };
        judged(&parts, self.body.as_deref(), &KEYS.1)
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
        expected_scheme: "https",
    };
    let parsed = parse(&parts).unwrap().remove(0);
    assert_eq!(
        parsed.key_id.as_str(),
        "https://mastodon.example/actor#main-key"
    );
    let string = parsed.check(&parts, Some(br#"{"type":"Follow"}"#)).unwrap();
    assert_eq!(
        String::from_utf8(string.0[0].clone()).unwrap(),
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

#[test]
fn a_key_id_that_would_break_the_header_is_not_signed_with() {
    let url = Url::parse("https://coppice.example/").unwrap();
    for key_id in ["", "a\"b", "a b", "a\nb", "ä"] {
        let signed = sign_request(&Method::GET, &url, None, key_id, &KEYS.0, now());
        assert!(matches!(signed, Err(SignError::KeyId)), "{key_id}");
    }
}
