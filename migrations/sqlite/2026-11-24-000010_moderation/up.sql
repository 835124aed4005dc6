-- what moderators and administrators did; what was purged is named no more
CREATE TABLE modlog (
    id INTEGER PRIMARY KEY,
    moderator_id BIGINT NOT NULL REFERENCES actors (id),
    act TEXT NOT NULL,
    undone BOOLEAN NOT NULL,
    group_id BIGINT REFERENCES actors (id),
    post_id BIGINT,
    comment_id BIGINT,
    person_id BIGINT REFERENCES actors (id),
    reason TEXT,
    expires BIGINT,
    created BIGINT NOT NULL
);
CREATE INDEX modlog_by_act ON modlog (act, id);
CREATE INDEX modlog_by_group ON modlog (group_id, id);
CREATE INDEX modlog_by_post ON modlog (post_id, id) WHERE post_id IS NOT NULL;
CREATE INDEX modlog_by_comment ON modlog (comment_id, id) WHERE comment_id IS NOT NULL;
CREATE INDEX modlog_by_person ON modlog (person_id, id) WHERE person_id IS NOT NULL;
CREATE INDEX modlog_by_moderator ON modlog (moderator_id, id);

-- place_id: the group, or this site's own actor
CREATE TABLE bans (
    place_id BIGINT NOT NULL REFERENCES actors (id),
    person_id BIGINT NOT NULL REFERENCES actors (id),
    by_id BIGINT NOT NULL REFERENCES actors (id),
    reason TEXT,
    expires BIGINT,
    -- of a group: came with a ban from the site, and goes with it
    with_site BOOLEAN NOT NULL,
    created BIGINT NOT NULL,
    PRIMARY KEY (place_id, person_id)
);
CREATE INDEX bans_of_person ON bans (person_id);
CREATE INDEX bans_in_place ON bans (place_id, created, person_id);
CREATE INDEX bans_that_end ON bans (expires) WHERE expires IS NOT NULL;

-- posts and comments removed by a ban, which can be put back together
CREATE TABLE ban_removals (
    place_id BIGINT NOT NULL REFERENCES actors (id),
    person_id BIGINT NOT NULL REFERENCES actors (id),
    target_id BIGINT NOT NULL,
    PRIMARY KEY (place_id, person_id, target_id)
);

CREATE INDEX ban_removals_by_target ON ban_removals (target_id);

CREATE TABLE hidden_groups (
    group_id INTEGER PRIMARY KEY REFERENCES actors (id),
    created BIGINT NOT NULL
);

-- threads pinned on the front page
CREATE TABLE site_pins (
    post_id INTEGER PRIMARY KEY,
    created BIGINT NOT NULL
);

CREATE TABLE comment_locks (
    comment_id INTEGER PRIMARY KEY,
    created BIGINT NOT NULL
);

-- posts and comments whose text was erased for good: an edit from elsewhere does not bring it back
CREATE TABLE purged (
    target_id INTEGER PRIMARY KEY,
    created BIGINT NOT NULL
);
