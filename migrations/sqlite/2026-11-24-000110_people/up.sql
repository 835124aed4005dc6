-- The hashtags that a thread or comment from elsewhere carries, as a list in JSON; the search finds them
-- with the text.
ALTER TABLE extras ADD COLUMN hashtags TEXT NOT NULL DEFAULT '[]';

DROP TRIGGER posts_search_update;
CREATE TRIGGER posts_search_update
AFTER UPDATE OF title, body_markdown, body_html, deleted, removed, group_id ON posts
BEGIN
    DELETE FROM posts_search WHERE rowid = OLD.id;
    INSERT INTO posts_search (rowid, title, body, scope)
    SELECT NEW.id, NEW.title,
        substr(coalesce(NEW.body_markdown, NEW.body_html), 1, 100000)
            || coalesce((SELECT ' ' || hashtags FROM extras WHERE content_id = NEW.id), ''),
        'g' || NEW.group_id
    WHERE NOT NEW.deleted AND NOT NEW.removed;
END;

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

-- They come after the row whose they are, which is indexed anew.
CREATE TRIGGER hashtags_search_insert AFTER INSERT ON extras WHEN NEW.hashtags <> '[]'
BEGIN
    UPDATE posts SET body_html = body_html WHERE id = NEW.content_id;
    UPDATE comments SET body_html = body_html WHERE id = NEW.content_id;
END;

CREATE TRIGGER hashtags_search_delete AFTER DELETE ON extras WHEN OLD.hashtags <> '[]'
BEGIN
    UPDATE posts SET body_html = body_html WHERE id = OLD.content_id;
    UPDATE comments SET body_html = body_html WHERE id = OLD.content_id;
END;

-- A note to several people is a message to each of them who lives here.
CREATE TABLE shared_messages (
    message_id INTEGER PRIMARY KEY REFERENCES private_messages (id) ON DELETE CASCADE,
    -- the note they all got
    note_ap_id TEXT NOT NULL,
    -- who else got it, as a list in JSON
    also_to TEXT NOT NULL
);
CREATE INDEX shared_messages_by_note ON shared_messages (note_ap_id, message_id);
