-- Who may read a group: "public", "local_only" or "private".
ALTER TABLE groups ADD COLUMN visibility TEXT NOT NULL DEFAULT 'public';
CREATE INDEX groups_by_visibility ON groups (visibility, actor_id);

CREATE TABLE private_messages (
    id INTEGER PRIMARY KEY,
    ap_id TEXT NOT NULL UNIQUE,
    local BOOLEAN NOT NULL,
    -- the two people of a conversation, the lower id first
    first_id BIGINT NOT NULL REFERENCES actors (id),
    second_id BIGINT NOT NULL REFERENCES actors (id),
    sender_id BIGINT NOT NULL REFERENCES actors (id),
    recipient_id BIGINT NOT NULL REFERENCES actors (id),
    body_markdown TEXT,
    body_html TEXT NOT NULL,
    published BIGINT NOT NULL,
    edited BIGINT,
    deleted BOOLEAN NOT NULL,
    read BOOLEAN NOT NULL
);
CREATE INDEX private_messages_between ON private_messages (first_id, second_id, id);
CREATE INDEX private_messages_from ON private_messages (sender_id, id);
CREATE INDEX private_messages_to ON private_messages (recipient_id, id);
CREATE INDEX private_messages_unread ON private_messages (recipient_id, read, deleted, sender_id);

-- One row for each of the two people, so that a member's conversations are listed by an index.
CREATE TABLE correspondence (
    person_id BIGINT NOT NULL REFERENCES actors (id),
    other_id BIGINT NOT NULL REFERENCES actors (id),
    latest_id BIGINT NOT NULL REFERENCES private_messages (id),
    PRIMARY KEY (person_id, other_id)
);
CREATE INDEX correspondence_by_latest ON correspondence (person_id, latest_id);

-- From whom a member takes messages; no row: from everybody.
CREATE TABLE message_settings (
    person_id INTEGER PRIMARY KEY REFERENCES actors (id),
    accepts TEXT NOT NULL
);
