DROP INDEX conversations_by_context;

DROP TRIGGER comments_search_update;
CREATE TRIGGER comments_search_update
AFTER UPDATE OF body_markdown, body_html, deleted, removed ON comments
BEGIN
    DELETE FROM comments_search WHERE rowid = OLD.id;
    INSERT INTO comments_search (rowid, body, scope)
    SELECT NEW.id,
        substr(coalesce(NEW.body_markdown, NEW.body_html), 1, 100000)
            || coalesce((SELECT ' ' || hashtags FROM extras WHERE content_id = NEW.id), ''),
        'g' || posts.group_id
    FROM posts WHERE posts.id = NEW.post_id AND NOT NEW.deleted AND NOT NEW.removed;
END;
