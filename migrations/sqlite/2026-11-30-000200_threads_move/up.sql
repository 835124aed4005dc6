-- A thread may go to another group: its replies are found in that one then.
DROP TRIGGER comments_search_update;
CREATE TRIGGER comments_search_update
AFTER UPDATE OF body_markdown, body_html, deleted, removed, group_id ON comments
BEGIN
    DELETE FROM comments_search WHERE rowid = OLD.id;
    INSERT INTO comments_search (rowid, body, scope)
    SELECT NEW.id,
        substr(coalesce(NEW.body_markdown, NEW.body_html), 1, 100000)
            || coalesce((SELECT ' ' || hashtags FROM extras WHERE content_id = NEW.id), ''),
        'g' || NEW.group_id
    WHERE NOT NEW.deleted AND NOT NEW.removed;
END;

-- By its context NodeBB names a thread that is moved.
CREATE INDEX conversations_by_context ON conversations (context_url, post_id);
