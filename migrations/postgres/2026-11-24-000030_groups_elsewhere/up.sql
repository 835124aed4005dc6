-- Who somebody was before: what an actor of ours publishes as alsoKnownAs, so that it can be moved to.
CREATE TABLE aliases (
    actor_id BIGINT NOT NULL REFERENCES actors (id),
    alias TEXT NOT NULL,
    created BIGINT NOT NULL,
    PRIMARY KEY (actor_id, alias)
);

-- Where an actor went, ours or another's, once both ends said so.
CREATE TABLE moves (
    actor_id BIGINT PRIMARY KEY REFERENCES actors (id),
    target_id BIGINT NOT NULL REFERENCES actors (id),
    moved BIGINT NOT NULL,
    -- of a group: followers here are still to be led after it
    followers_wait BOOLEAN NOT NULL
);
CREATE INDEX moves_by_target ON moves (target_id);
CREATE INDEX moves_to_lead ON moves (actor_id) WHERE followers_wait;

-- From which group's threads another one's list is made as well. `active` while a group of ours
-- follows the source: then new threads are shared.
CREATE TABLE share_sources (
    group_id BIGINT NOT NULL REFERENCES actors (id),
    source_id BIGINT NOT NULL REFERENCES actors (id),
    active BOOLEAN NOT NULL,
    since BIGINT NOT NULL,
    PRIMARY KEY (group_id, source_id)
);
CREATE INDEX share_sources_by_source ON share_sources (source_id, active);

-- Threads of another group in a group's list.
CREATE TABLE shares (
    group_id BIGINT NOT NULL REFERENCES actors (id),
    post_id BIGINT NOT NULL REFERENCES posts (id),
    -- the group the thread is at home in
    via_id BIGINT NOT NULL REFERENCES actors (id),
    -- taken out of the list by who looks after the group
    removed BOOLEAN NOT NULL,
    created BIGINT NOT NULL,
    PRIMARY KEY (group_id, post_id)
);
CREATE INDEX shares_by_post ON shares (post_id, group_id);
CREATE INDEX shares_latest ON shares (group_id, created, post_id);

-- What waits for a member and is about no thread.
CREATE TABLE notices (
    id BIGINT PRIMARY KEY,
    recipient_id BIGINT NOT NULL REFERENCES actors (id),
    kind TEXT NOT NULL,
    -- whom it is about, and where they went or what they ask of
    actor_id BIGINT NOT NULL REFERENCES actors (id),
    other_id BIGINT NOT NULL REFERENCES actors (id),
    read BOOLEAN NOT NULL,
    created BIGINT NOT NULL,
    UNIQUE (recipient_id, kind, actor_id, other_id)
);
CREATE INDEX notices_of ON notices (recipient_id, id);
CREATE INDEX notices_unread ON notices (recipient_id, read);
