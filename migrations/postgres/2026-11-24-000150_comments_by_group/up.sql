-- The group of a comment's thread, which never changes: lists of one group's comments walk its own.
-- It refers to nothing by itself; the thread's refers to the group.
ALTER TABLE comments ADD COLUMN group_id BIGINT;
UPDATE comments SET group_id = posts.group_id FROM posts WHERE posts.id = comments.post_id;
ALTER TABLE comments ALTER COLUMN group_id SET NOT NULL;
CREATE INDEX comments_group_new ON comments (group_id, published, id);
-- What a group shares of one source, where that is so little that it is rather sorted than looked for.
CREATE INDEX shares_by_source ON shares (group_id, via_id, removed, post_id);
