-- Times are milliseconds since 1970 (UTC); ids are made by the application and sort by age.

CREATE TABLE site (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL,
    tagline TEXT NOT NULL,
    sidebar_markdown TEXT NOT NULL,
    sidebar_html TEXT NOT NULL,
    -- NULL: as the configuration says
    registration TEXT,
    application_question TEXT,
    -- set while the first administrator has not been made
    setup_token_hash TEXT,
    actor_id BIGINT NOT NULL,
    created BIGINT NOT NULL
);

-- Which process uses which node number in the ids it makes.
CREATE TABLE nodes (
    number INTEGER PRIMARY KEY,
    holder TEXT NOT NULL,
    lease_until BIGINT NOT NULL
);

CREATE TABLE hosts (
    id INTEGER PRIMARY KEY,
    host TEXT NOT NULL UNIQUE,
    software TEXT,
    version TEXT,
    dialect TEXT NOT NULL,
    blocked BOOLEAN NOT NULL,
    created BIGINT NOT NULL,
    -- 0: never asked
    nodeinfo_at BIGINT NOT NULL,
    last_heard BIGINT,
    last_delivered BIGINT,
    failing_since BIGINT,
    failures INTEGER NOT NULL,
    next_attempt BIGINT NOT NULL,
    last_error TEXT,
    delivery_owner TEXT,
    delivery_until BIGINT NOT NULL,
    intake_owner TEXT,
    intake_until BIGINT NOT NULL
);

-- Where deliveries go: a shared inbox, or a personal one where there is none.
CREATE TABLE inboxes (
    id INTEGER PRIMARY KEY,
    host_id BIGINT NOT NULL REFERENCES hosts (id),
    url TEXT NOT NULL UNIQUE,
    gone BOOLEAN NOT NULL
);

CREATE INDEX inboxes_of_host ON inboxes (host_id);

CREATE TABLE actors (
    id INTEGER PRIMARY KEY,
    kind TEXT NOT NULL,
    local BOOLEAN NOT NULL,
    name TEXT NOT NULL,
    host TEXT NOT NULL,
    ap_id TEXT NOT NULL UNIQUE,
    url TEXT NOT NULL,
    display_name TEXT,
    summary_markdown TEXT,
    summary_html TEXT NOT NULL,
    icon_url TEXT,
    image_url TEXT,
    inbox_url TEXT NOT NULL,
    outbox_url TEXT,
    followers_url TEXT,
    featured_url TEXT,
    moderators_url TEXT,
    public_key_id TEXT NOT NULL,
    public_key_pem TEXT,
    private_key_pem TEXT,
    inbox_id BIGINT REFERENCES inboxes (id),
    host_id BIGINT REFERENCES hosts (id),
    published BIGINT NOT NULL,
    updated BIGINT,
    fetched BIGINT NOT NULL,
    deleted BOOLEAN NOT NULL,
    suspended BOOLEAN NOT NULL
);
-- One name space for people and groups of one host.
CREATE UNIQUE INDEX actors_local_name ON actors (name) WHERE local;
CREATE INDEX actors_by_address ON actors (name, host);
CREATE INDEX actors_by_featured ON actors (featured_url);
CREATE INDEX actors_by_moderators ON actors (moderators_url);
CREATE INDEX actors_by_key ON actors (public_key_id);

CREATE TABLE people (
    actor_id INTEGER PRIMARY KEY REFERENCES actors (id),
    institution TEXT,
    post_count BIGINT NOT NULL,
    comment_count BIGINT NOT NULL
);

CREATE TABLE accounts (
    person_id INTEGER PRIMARY KEY REFERENCES actors (id),
    email TEXT UNIQUE,
    password_hash TEXT NOT NULL,
    admin BOOLEAN NOT NULL,
    state TEXT NOT NULL,
    application TEXT,
    created BIGINT NOT NULL,
    last_seen BIGINT
);
CREATE INDEX accounts_waiting ON accounts (state, person_id);

CREATE TABLE groups (
    actor_id INTEGER PRIMARY KEY REFERENCES actors (id),
    rules_markdown TEXT,
    rules_html TEXT NOT NULL,
    posting_restricted BOOLEAN NOT NULL,
    sensitive BOOLEAN NOT NULL,
    post_count BIGINT NOT NULL,
    comment_count BIGINT NOT NULL,
    follower_count BIGINT NOT NULL,
    local_follower_count BIGINT NOT NULL,
    last_activity BIGINT NOT NULL,
    -- a remote group's older threads: wanted and not read yet
    backfill_wanted BOOLEAN NOT NULL,
    backfilled_at BIGINT
);
CREATE INDEX groups_by_activity ON groups (last_activity, actor_id);
CREATE INDEX groups_to_backfill ON groups (actor_id) WHERE backfill_wanted;

CREATE TABLE moderators (
    group_id BIGINT NOT NULL REFERENCES actors (id),
    person_id BIGINT NOT NULL REFERENCES actors (id),
    role TEXT NOT NULL,
    created BIGINT NOT NULL,
    PRIMARY KEY (group_id, person_id)
);
CREATE INDEX moderators_by_person ON moderators (person_id);

CREATE TABLE follows (
    follower_id BIGINT NOT NULL REFERENCES actors (id),
    target_id BIGINT NOT NULL REFERENCES actors (id),
    state TEXT NOT NULL,
    activity_ap_id TEXT NOT NULL,
    created BIGINT NOT NULL,
    PRIMARY KEY (follower_id, target_id)
);
CREATE INDEX follows_by_activity ON follows (activity_ap_id);
CREATE INDEX follows_by_target ON follows (target_id, state, follower_id);

CREATE TABLE posts (
    id INTEGER PRIMARY KEY,
    ap_id TEXT NOT NULL UNIQUE,
    url TEXT NOT NULL,
    local BOOLEAN NOT NULL,
    group_id BIGINT NOT NULL REFERENCES actors (id),
    author_id BIGINT NOT NULL REFERENCES actors (id),
    kind TEXT NOT NULL,
    title TEXT NOT NULL,
    body_markdown TEXT,
    body_html TEXT NOT NULL,
    link TEXT,
    image_url TEXT,
    image_alt TEXT,
    language TEXT,
    sensitive BOOLEAN NOT NULL,
    published BIGINT NOT NULL,
    edited BIGINT,
    deleted BOOLEAN NOT NULL,
    removed BOOLEAN NOT NULL,
    locked BOOLEAN NOT NULL,
    featured BOOLEAN NOT NULL,
    upvotes BIGINT NOT NULL,
    downvotes BIGINT NOT NULL,
    score BIGINT NOT NULL,
    comment_count BIGINT NOT NULL,
    last_activity BIGINT NOT NULL,
    hot_rank BIGINT NOT NULL
);
CREATE INDEX posts_new ON posts (published, id);
CREATE INDEX posts_active ON posts (last_activity, id);
CREATE INDEX posts_hot ON posts (hot_rank, id);
CREATE INDEX posts_top ON posts (score, id);
CREATE INDEX posts_group_new ON posts (group_id, published, id);
CREATE INDEX posts_group_active ON posts (group_id, last_activity, id);
CREATE INDEX posts_group_hot ON posts (group_id, hot_rank, id);
CREATE INDEX posts_group_top ON posts (group_id, score, id);
CREATE INDEX posts_by_author ON posts (author_id, published, id);
CREATE INDEX posts_featured ON posts (group_id, published, id) WHERE featured;

CREATE TABLE comments (
    id INTEGER PRIMARY KEY,
    ap_id TEXT NOT NULL UNIQUE,
    url TEXT NOT NULL,
    local BOOLEAN NOT NULL,
    post_id BIGINT NOT NULL REFERENCES posts (id),
    parent_id BIGINT REFERENCES comments (id),
    -- the comment directly under the post that this one hangs below; its own id there
    root_id BIGINT NOT NULL,
    -- "0.", then the ids from the root down to this comment, as Lemmy's clients read it
    path TEXT NOT NULL,
    depth INTEGER NOT NULL,
    author_id BIGINT NOT NULL REFERENCES actors (id),
    body_markdown TEXT,
    body_html TEXT NOT NULL,
    language TEXT,
    distinguished BOOLEAN NOT NULL,
    published BIGINT NOT NULL,
    edited BIGINT,
    deleted BOOLEAN NOT NULL,
    removed BOOLEAN NOT NULL,
    upvotes BIGINT NOT NULL,
    downvotes BIGINT NOT NULL,
    score BIGINT NOT NULL,
    child_count BIGINT NOT NULL,
    hot_rank BIGINT NOT NULL
);
CREATE INDEX comments_new ON comments (published, id);
CREATE INDEX comments_tree_new ON comments (post_id, depth, published, id);
CREATE INDEX comments_tree_hot ON comments (post_id, depth, hot_rank, id);
CREATE INDEX comments_tree_top ON comments (post_id, depth, score, id);
CREATE INDEX comments_by_root ON comments (root_id, published, id);
CREATE INDEX comments_by_parent ON comments (parent_id, published, id);
CREATE INDEX comments_by_author ON comments (author_id, published, id);

-- One vote of one actor on one post or comment (ids of both come from one sequence).
CREATE TABLE votes (
    target_id BIGINT NOT NULL,
    actor_id BIGINT NOT NULL REFERENCES actors (id),
    value SMALLINT NOT NULL,
    created BIGINT NOT NULL,
    PRIMARY KEY (target_id, actor_id)
);

CREATE TABLE notifications (
    id INTEGER PRIMARY KEY,
    recipient_id BIGINT NOT NULL REFERENCES actors (id),
    kind TEXT NOT NULL,
    actor_id BIGINT NOT NULL REFERENCES actors (id),
    post_id BIGINT NOT NULL REFERENCES posts (id),
    comment_id BIGINT REFERENCES comments (id),
    -- the comment, or the post where it is the post that mentions
    target_id BIGINT NOT NULL,
    read BOOLEAN NOT NULL,
    created BIGINT NOT NULL,
    UNIQUE (recipient_id, target_id, kind)
);
CREATE INDEX notifications_of ON notifications (recipient_id, id);
CREATE INDEX notifications_unread ON notifications (recipient_id, read, kind);

CREATE TABLE sessions (
    token_hash TEXT PRIMARY KEY,
    person_id BIGINT NOT NULL REFERENCES accounts (person_id),
    kind TEXT NOT NULL,
    created BIGINT NOT NULL,
    last_used BIGINT NOT NULL,
    expires BIGINT NOT NULL
);
CREATE INDEX sessions_of ON sessions (person_id);
CREATE INDEX sessions_expiry ON sessions (expires);

CREATE TABLE uploads (
    id INTEGER PRIMARY KEY,
    person_id BIGINT NOT NULL REFERENCES actors (id),
    file_name TEXT NOT NULL,
    bytes BIGINT NOT NULL,
    created BIGINT NOT NULL
);
CREATE INDEX uploads_of ON uploads (person_id, id);
CREATE INDEX uploads_by_file ON uploads (file_name);

-- Objects deleted, and activities undone, before we ever saw them.
CREATE TABLE tombstones (
    ap_id TEXT PRIMARY KEY,
    created BIGINT NOT NULL
);
CREATE INDEX tombstones_age ON tombstones (created);

-- What we sent or will send: the transactional outbox.
CREATE TABLE activities (
    id INTEGER PRIMARY KEY,
    ap_id TEXT NOT NULL UNIQUE,
    actor_id BIGINT NOT NULL REFERENCES actors (id),
    json TEXT NOT NULL,
    -- what it did to what, where that can be undone: its undoing names it by its id
    about TEXT,
    created BIGINT NOT NULL
);
CREATE INDEX activities_about ON activities (about, id);
CREATE INDEX activities_age ON activities (created);

CREATE TABLE deliveries (
    host_id BIGINT NOT NULL REFERENCES hosts (id),
    activity_id BIGINT NOT NULL REFERENCES activities (id),
    inbox_id BIGINT NOT NULL REFERENCES inboxes (id),
    PRIMARY KEY (host_id, activity_id, inbox_id)
);
CREATE INDEX deliveries_by_activity ON deliveries (activity_id);

-- The durable inbox. Applied rows stay a while without their body, so that a replay is known.
CREATE TABLE intake (
    id INTEGER PRIMARY KEY,
    host_id BIGINT NOT NULL REFERENCES hosts (id),
    activity_ap_id TEXT NOT NULL UNIQUE,
    actor_ap_id TEXT NOT NULL,
    body TEXT NOT NULL,
    state TEXT NOT NULL,
    attempts INTEGER NOT NULL,
    next_attempt BIGINT NOT NULL,
    error TEXT,
    received BIGINT NOT NULL
);
CREATE INDEX intake_of_host ON intake (host_id, state, id);
CREATE INDEX intake_by_state ON intake (state, id);
CREATE INDEX intake_age ON intake (received);
