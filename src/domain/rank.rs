//! The hot rank: a number that is stored once per change of score and never needs a clock. Pure.

use super::time::{HOUR, Timestamp};

/// What a tenfold score is worth, in milliseconds of youth: 12.5 hours (the figure reddit chose).
const TENFOLD: f64 = 12.5 * HOUR as f64;

/// The hot rank of a post, highest first.
///
/// Ranks that fall with age must be computed again and again. This one rises with the moment of
/// publication instead: it is the time, in milliseconds since 1970, at which a post with a score
/// of 1 would have to be published to stand at the same place. A score of 10 counts like being
/// 12.5 hours younger, 100 like 25 hours, -10 like 12.5 hours older. As time passes every rank
/// keeps its distance to every other, so the number is stored with the post, changed only with
/// its score, and an index on (rank, id) pages the list without any background job.
///
/// `published` comes from other servers too: a caller takes the earlier of it and the time of
/// arrival, else a post from the future stays on top.
pub fn hot_rank(score: i64, published: Timestamp) -> i64 {
    let magnitude = score.unsigned_abs().max(1) as f64;
    let bonus = (magnitude.log10() * TENFOLD).round() as i64;
    published.millis() + bonus * score.signum()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::time::MINUTE;

    fn at(ms: i64) -> Timestamp {
        Timestamp::from_millis(1_800_000_000_000 + ms)
    }

    #[test]
    fn a_tenfold_score_outweighs_twelve_and_a_half_hours_and_no_more() {
        let young = hot_rank(1, at(12 * HOUR + 30 * MINUTE));
        assert_eq!(hot_rank(10, at(0)), young);
        assert!(hot_rank(11, at(0)) > young);
        assert!(hot_rank(9, at(0)) < young);
    }

    #[test]
    fn scores_order_posts_of_one_age_and_disliked_ones_sink() {
        let ranks: Vec<i64> = [-1000, -10, 0, 10, 1000]
            .map(|score| hot_rank(score, at(0)))
            .to_vec();
        assert!(ranks.is_sorted());
        assert_eq!(hot_rank(0, at(0)), hot_rank(1, at(0)));
    }

    #[test]
    fn absurd_scores_do_not_overflow() {
        assert!(hot_rank(i64::MAX, at(0)) > hot_rank(i64::MIN, at(0)));
        hot_rank(i64::MIN, Timestamp::from_millis(i64::MIN));
    }
}
