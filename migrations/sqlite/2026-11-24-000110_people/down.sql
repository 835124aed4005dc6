DROP TABLE shared_messages;
DROP TRIGGER hashtags_search_insert;
DROP TRIGGER hashtags_search_delete;

DROP TRIGGER posts_search_update;
CREATE TRIGGER posts_search_update
AFTER UPDATE OF title, body_markdown, body_html, deleted, removed, group_id ON posts
BEGIN
    DELETE FROM posts_search WHERE rowid = OLD.id;
    INSERT INTO posts_search (rowid, title, body, scope)
    SELECT NEW.id, NEW.title, substr(coalesce(NEW.body_markdown, NEW.body_html), 1, 100000), 'g' || NEW.group_id
    WHERE NOT NEW.deleted AND NOT NEW.removed;
END;

DROP TRIGGER comments_search_update;
CREATE TRIGGER comments_search_update
AFTER UPDATE OF body_markdown, body_html, deleted, removed ON comments
BEGIN
    DELETE FROM comments_search WHERE rowid = OLD.id;
    INSERT INTO comments_search (rowid, body, scope)
    SELECT NEW.id, substr(coalesce(NEW.body_markdown, NEW.body_html), 1, 100000), 'g' || posts.group_id
    FROM posts WHERE posts.id = NEW.post_id AND NOT NEW.deleted AND NOT NEW.removed;
END;

ALTER TABLE extras DROP COLUMN hashtags;
