-- Threads from elsewhere: where their whole conversation is to be had, and when it was read.
CREATE TABLE conversations (
    post_id BIGINT PRIMARY KEY REFERENCES posts (id) ON DELETE CASCADE,
    -- the collection of all its posts, as its origin states it (FEP-7888)
    context_url TEXT,
    -- to be read, not before next_attempt; one that is being read is put off until it should be done
    wanted BOOLEAN NOT NULL,
    attempts INTEGER NOT NULL,
    next_attempt BIGINT NOT NULL,
    read_at BIGINT
);
CREATE INDEX conversations_wanted ON conversations (next_attempt, post_id) WHERE wanted;

-- Groups elsewhere that somebody looked at and that were last read long ago.
CREATE TABLE group_refreshes (
    group_id BIGINT PRIMARY KEY REFERENCES actors (id) ON DELETE CASCADE,
    next_attempt BIGINT NOT NULL
);
CREATE INDEX group_refreshes_due ON group_refreshes (next_attempt, group_id);

-- The whole of a conversation in the order in which it came.
CREATE INDEX comments_by_post ON comments (post_id, id);
