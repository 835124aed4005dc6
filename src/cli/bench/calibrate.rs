//! The yardstick: one RSA-2048 signature and one verification, on this machine, now.

use std::time::Instant;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::Serialize;

use super::{Failure, failed};
use crate::federation::keys::{self, SigningKey, VerifyingKey};

const ROUNDS: usize = 400;

/// Milliseconds.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct Yardstick {
    pub signature_ms: f64,
    pub verification_ms: f64,
}

pub async fn calibrate() -> Result<Yardstick, Failure> {
    tokio::task::spawn_blocking(measure)
        .await
        .map_err(|e| failed("calibration", e))?
}

fn measure() -> Result<Yardstick, Failure> {
    let broken = |e: keys::KeyError| failed("calibration", e);
    let pair = keys::generate_pair().map_err(broken)?;
    let private = SigningKey::from_pem(&pair.private_pem).map_err(broken)?;
    let public = VerifyingKey::from_pem(&pair.public_pem).map_err(broken)?;
    let (mut signing, mut verifying) = (Vec::new(), Vec::new());
    for round in 0..ROUNDS {
        // About as long as a signing string.
        let data = format!("{round:0>250}");
        let started = Instant::now();
        let signature = private.sign(data.as_bytes()).map_err(broken)?;
        signing.push(started.elapsed().as_secs_f64() * 1_000.0);
        let signature = STANDARD
            .decode(signature)
            .map_err(|e| failed("calibration", e))?;
        let started = Instant::now();
        let fits = public.verify(data.as_bytes(), &signature);
        verifying.push(started.elapsed().as_secs_f64() * 1_000.0);
        if !fits {
            return Err(Failure::Usage(
                "a signature does not fit its key".to_owned(),
            ));
        }
    }
    Ok(Yardstick {
        signature_ms: median(&mut signing),
        verification_ms: median(&mut verifying),
    })
}

/// 0 of nothing.
pub fn median(values: &mut [f64]) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(0.0)
}
