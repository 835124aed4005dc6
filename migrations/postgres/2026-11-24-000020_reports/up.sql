-- What somebody thinks a moderator should look at. No foreign keys: what was reported, or who
-- reported it, may be purged.
CREATE TABLE reports (
    id BIGINT PRIMARY KEY,
    -- the id of the Flag that made it, or that we sent
    ap_id TEXT NOT NULL,
    reporter_id BIGINT NOT NULL,
    -- what it is about, and its id among its kind
    kind TEXT NOT NULL,
    target_id BIGINT NOT NULL,
    -- whose moderators it is for; NULL: the administrators alone
    group_id BIGINT,
    author_id BIGINT NOT NULL,
    reason TEXT NOT NULL,
    -- what was there when it was reported
    original_title TEXT,
    original_text TEXT,
    original_link TEXT,
    resolved BOOLEAN NOT NULL,
    resolver_id BIGINT,
    created BIGINT NOT NULL,
    updated BIGINT,
    UNIQUE (reporter_id, kind, target_id)
);
CREATE INDEX reports_queue ON reports (resolved, id);
CREATE INDEX reports_by_kind ON reports (kind, id);
CREATE INDEX reports_open_by_kind ON reports (kind, resolved, id);
CREATE INDEX reports_of_group ON reports (group_id, id);
CREATE INDEX reports_open_of_group ON reports (group_id, resolved, id);
CREATE INDEX reports_of_target ON reports (kind, target_id, id);
CREATE INDEX reports_by_activity ON reports (ap_id);

-- Who decided on an application to join, and what was told to the applicant.
CREATE TABLE application_decisions (
    person_id BIGINT PRIMARY KEY,
    admin_id BIGINT NOT NULL,
    reason TEXT,
    decided BIGINT NOT NULL
);

-- What one needs to know to take a picture away again; apps get it with their upload.
ALTER TABLE uploads ADD COLUMN delete_token TEXT NOT NULL DEFAULT '';
UPDATE uploads SET delete_token = replace(gen_random_uuid()::text, '-', '');
-- What it was uploaded as. Pictures of profiles go when another takes their place.
ALTER TABLE uploads ADD COLUMN purpose TEXT NOT NULL DEFAULT 'post';
-- 0: uploaded before sizes were kept
ALTER TABLE uploads ADD COLUMN width INTEGER NOT NULL DEFAULT 0;
ALTER TABLE uploads ADD COLUMN height INTEGER NOT NULL DEFAULT 0;

-- Files that nobody has uploaded any more: removed from the disk after the commit.
CREATE TABLE discarded_files (
    file_name TEXT PRIMARY KEY,
    created BIGINT NOT NULL
);
