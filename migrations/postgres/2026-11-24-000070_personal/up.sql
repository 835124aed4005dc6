-- What members keep to themselves: marks, blocks and preferences. And work that takes more than one step.

-- Saved threads and comments (ids of both come from one sequence).
CREATE TABLE saved (
    person_id BIGINT NOT NULL REFERENCES actors (id),
    target_id BIGINT NOT NULL,
    created BIGINT NOT NULL,
    PRIMARY KEY (person_id, target_id)
);
CREATE INDEX saved_new ON saved (person_id, created, target_id);

-- Threads that a member has seen: whether they are marked as read, and with how many comments.
CREATE TABLE readings (
    person_id BIGINT NOT NULL REFERENCES actors (id),
    post_id BIGINT NOT NULL,
    marked BOOLEAN NOT NULL,
    comments BIGINT NOT NULL,
    PRIMARY KEY (person_id, post_id)
);

CREATE TABLE hidden_posts (
    person_id BIGINT NOT NULL REFERENCES actors (id),
    post_id BIGINT NOT NULL,
    created BIGINT NOT NULL,
    PRIMARY KEY (person_id, post_id)
);

-- People and groups that a member does not want to see.
CREATE TABLE blocks (
    person_id BIGINT NOT NULL REFERENCES actors (id),
    actor_id BIGINT NOT NULL REFERENCES actors (id),
    created BIGINT NOT NULL,
    PRIMARY KEY (person_id, actor_id)
);

CREATE TABLE host_blocks (
    person_id BIGINT NOT NULL REFERENCES actors (id),
    host_id BIGINT NOT NULL REFERENCES hosts (id),
    created BIGINT NOT NULL,
    PRIMARY KEY (person_id, host_id)
);

-- Of members who set anything. "for_apps" (JSON) is what apps keep here for themselves.
CREATE TABLE preferences (
    person_id BIGINT PRIMARY KEY REFERENCES actors (id),
    show_sensitive BOOLEAN NOT NULL,
    show_read BOOLEAN NOT NULL,
    show_bots BOOLEAN NOT NULL,
    show_scores BOOLEAN NOT NULL,
    sort TEXT,
    listing TEXT,
    -- codes, with a comma between them; empty: all
    languages TEXT NOT NULL,
    matrix_id TEXT,
    for_apps TEXT NOT NULL
);

-- The languages that this site is about; none: all.
CREATE TABLE site_languages (
    code TEXT PRIMARY KEY
);

-- People who are gone and whose writings have yet to go: how far that has come, first through their
-- threads, then through their comments.
CREATE TABLE erasures (
    person_id BIGINT PRIMARY KEY REFERENCES actors (id),
    on_comments BOOLEAN NOT NULL,
    after_time BIGINT NOT NULL,
    after_id BIGINT NOT NULL,
    created BIGINT NOT NULL
);

CREATE INDEX votes_of_actor ON votes (actor_id, value, target_id);

CREATE INDEX posts_discussed ON posts (comment_count, id);
CREATE INDEX posts_group_discussed ON posts (group_id, comment_count, id);
CREATE INDEX posts_controversial ON posts
    ((CASE WHEN upvotes < downvotes THEN upvotes ELSE downvotes END), id) WHERE downvotes > 0;
CREATE INDEX posts_group_controversial ON posts
    (group_id, (CASE WHEN upvotes < downvotes THEN upvotes ELSE downvotes END), id) WHERE downvotes > 0;

-- Names of people and groups from their beginning, and from what stands inside them, so that a name is
-- found by any part of it: a range of this index. Lower case. "place": 0 is the beginning of the name,
-- 1 that of the display name, 2 inside.
CREATE TABLE name_parts (
    is_group BOOLEAN NOT NULL,
    place INTEGER NOT NULL,
    part TEXT COLLATE "C" NOT NULL,
    actor_id BIGINT NOT NULL REFERENCES actors (id),
    PRIMARY KEY (is_group, place, part, actor_id)
);
CREATE INDEX name_parts_of ON name_parts (actor_id);

WITH RECURSIVE
named (id, is_group, shown, word) AS (
    SELECT id, kind = 'group', 0, lower(substr(name, 1, 40)) FROM actors
    WHERE kind <> 'application' AND NOT deleted
    UNION ALL
    SELECT id, kind = 'group', 1, lower(substr(display_name, 1, 40)) FROM actors
    WHERE kind <> 'application' AND NOT deleted AND display_name IS NOT NULL
),
places (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM places WHERE n < 40)
INSERT INTO name_parts (is_group, place, part, actor_id)
SELECT DISTINCT is_group, CASE WHEN n > 1 THEN 2 ELSE shown END, substr(word, n), id
FROM named JOIN places ON n = 1
    OR (n < length(word) AND (is_group OR shown = 0 OR substr(word, n - 1, 1) = ' '));

DROP INDEX actors_name_prefix;
DROP INDEX actors_display_name_prefix;
