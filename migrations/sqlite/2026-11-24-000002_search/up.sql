-- Full-text search. The triggers keep the indexes in step with what may be shown: a deleted or
-- removed row is not in them. "scope" holds one word for the group, so that a search within a
-- group is answered by the index alone.
-- A body has the text of at most 100 000 characters indexed.

CREATE VIRTUAL TABLE posts_search USING fts5 (
    title, body, scope,
    content = '', contentless_delete = 1, prefix = '2 3', tokenize = 'unicode61 remove_diacritics 2'
);

CREATE TRIGGER posts_search_insert AFTER INSERT ON posts
WHEN NOT NEW.deleted AND NOT NEW.removed
BEGIN
    INSERT INTO posts_search (rowid, title, body, scope)
    VALUES (NEW.id, NEW.title, substr(coalesce(NEW.body_markdown, NEW.body_html), 1, 100000), 'g' || NEW.group_id);
END;

CREATE TRIGGER posts_search_update
AFTER UPDATE OF title, body_markdown, body_html, deleted, removed, group_id ON posts
BEGIN
    DELETE FROM posts_search WHERE rowid = OLD.id;
    INSERT INTO posts_search (rowid, title, body, scope)
    SELECT NEW.id, NEW.title, substr(coalesce(NEW.body_markdown, NEW.body_html), 1, 100000), 'g' || NEW.group_id
    WHERE NOT NEW.deleted AND NOT NEW.removed;
END;

CREATE TRIGGER posts_search_delete AFTER DELETE ON posts
BEGIN
    DELETE FROM posts_search WHERE rowid = OLD.id;
END;

CREATE VIRTUAL TABLE comments_search USING fts5 (
    body, scope,
    content = '', contentless_delete = 1, prefix = '2 3', tokenize = 'unicode61 remove_diacritics 2'
);

CREATE TRIGGER comments_search_insert AFTER INSERT ON comments
WHEN NOT NEW.deleted AND NOT NEW.removed
BEGIN
    INSERT INTO comments_search (rowid, body, scope)
    SELECT NEW.id, substr(coalesce(NEW.body_markdown, NEW.body_html), 1, 100000), 'g' || posts.group_id
    FROM posts WHERE posts.id = NEW.post_id;
END;

CREATE TRIGGER comments_search_update
AFTER UPDATE OF body_markdown, body_html, deleted, removed ON comments
BEGIN
    DELETE FROM comments_search WHERE rowid = OLD.id;
    INSERT INTO comments_search (rowid, body, scope)
    SELECT NEW.id, substr(coalesce(NEW.body_markdown, NEW.body_html), 1, 100000), 'g' || posts.group_id
    FROM posts WHERE posts.id = NEW.post_id AND NOT NEW.deleted AND NOT NEW.removed;
END;

CREATE TRIGGER comments_search_delete AFTER DELETE ON comments
BEGIN
    DELETE FROM comments_search WHERE rowid = OLD.id;
END;

INSERT INTO posts_search (rowid, title, body, scope)
SELECT id, title, substr(coalesce(body_markdown, body_html), 1, 100000), 'g' || group_id
FROM posts WHERE NOT deleted AND NOT removed;

INSERT INTO comments_search (rowid, body, scope)
SELECT comments.id, substr(coalesce(comments.body_markdown, comments.body_html), 1, 100000), 'g' || posts.group_id
FROM comments JOIN posts ON posts.id = comments.post_id
WHERE NOT comments.deleted AND NOT comments.removed;

-- People and groups by the beginning of a name.
CREATE INDEX actors_name_prefix ON actors (kind, lower(name));
CREATE INDEX actors_display_name_prefix ON actors (kind, lower(display_name));
