-- The group of a comment's thread, which never changes: lists of one group's comments walk its own.
-- SQLite adds no column that must refer to something; the thread's refers to the group.
ALTER TABLE comments ADD COLUMN group_id BIGINT NOT NULL DEFAULT 0;
UPDATE comments SET group_id = (SELECT posts.group_id FROM posts WHERE posts.id = comments.post_id);
CREATE INDEX comments_group_new ON comments (group_id, published, id);
-- What a group shares of one source, where that is so little that it is rather sorted than looked for.
CREATE INDEX shares_by_source ON shares (group_id, via_id, removed, post_id);
