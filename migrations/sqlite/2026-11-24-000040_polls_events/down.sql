DROP TABLE cross_posts;
DROP TABLE boosts;
DROP TABLE events;
DROP TABLE poll_votes;
DROP TABLE poll_options;
DROP TABLE polls;
DROP TABLE extras;
