-- What hangs on a thread or comment beside its text (ids of both come from one sequence): only
-- those that have something have a row. Pictures and emoji are lists in JSON: nobody looks inside.
CREATE TABLE extras (
    content_id BIGINT PRIMARY KEY,
    -- what the text is covered by, and whether it is covered
    warning TEXT,
    covered BOOLEAN NOT NULL,
    attachments TEXT NOT NULL,
    emoji TEXT NOT NULL
);

CREATE TABLE polls (
    post_id BIGINT PRIMARY KEY REFERENCES posts (id) ON DELETE CASCADE,
    multiple BOOLEAN NOT NULL,
    -- its author shows no numbers before the end
    hides_results BOOLEAN NOT NULL,
    -- NULL: it stays open
    ends BIGINT,
    closed BOOLEAN NOT NULL,
    voters BIGINT NOT NULL,
    -- votes came in that the others have not been told of
    changed BOOLEAN NOT NULL,
    told BIGINT NOT NULL
);
CREATE INDEX polls_to_close ON polls (closed, ends);
CREATE INDEX polls_to_tell ON polls (changed, told);

CREATE TABLE poll_options (
    post_id BIGINT NOT NULL REFERENCES polls (post_id) ON DELETE CASCADE,
    position INTEGER NOT NULL,
    name TEXT NOT NULL,
    votes BIGINT NOT NULL,
    PRIMARY KEY (post_id, position)
);

CREATE TABLE poll_votes (
    post_id BIGINT NOT NULL REFERENCES polls (post_id) ON DELETE CASCADE,
    voter_id BIGINT NOT NULL REFERENCES actors (id),
    position INTEGER NOT NULL,
    created BIGINT NOT NULL,
    PRIMARY KEY (post_id, voter_id, position)
);
CREATE INDEX poll_votes_by_voter ON poll_votes (voter_id, post_id);

CREATE TABLE events (
    post_id BIGINT PRIMARY KEY REFERENCES posts (id) ON DELETE CASCADE,
    starts BIGINT NOT NULL,
    ends BIGINT,
    -- as in the time zone database
    timezone TEXT,
    place TEXT,
    address TEXT,
    online_url TEXT,
    cancelled BOOLEAN NOT NULL
);

-- Who shared what with their own followers.
CREATE TABLE boosts (
    target_id BIGINT NOT NULL,
    actor_id BIGINT NOT NULL REFERENCES actors (id),
    created BIGINT NOT NULL,
    PRIMARY KEY (target_id, actor_id)
);

-- The other groups that a thread's author put it into.
CREATE TABLE cross_posts (
    post_id BIGINT NOT NULL REFERENCES posts (id) ON DELETE CASCADE,
    group_id BIGINT NOT NULL REFERENCES actors (id),
    created BIGINT NOT NULL,
    PRIMARY KEY (post_id, group_id)
);
CREATE INDEX cross_posts_by_group ON cross_posts (group_id, created, post_id);
