-- The hashtags that a thread or comment from elsewhere carries, as a list in JSON; the search finds them
-- with the text. What is indexed is of two tables from now on, so that triggers write it.
ALTER TABLE extras ADD COLUMN hashtags TEXT NOT NULL DEFAULT '[]';

CREATE FUNCTION search_body(markdown text, html text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN left(coalesce(markdown, regexp_replace(html, '<[^>]*>', ' ', 'g')), 100000);

CREATE FUNCTION search_hashtags(content bigint) RETURNS text
LANGUAGE sql STABLE
RETURN coalesce((SELECT ' ' || extras.hashtags FROM extras WHERE extras.content_id = content), '');

CREATE FUNCTION posts_search_fill() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.search := to_tsvector('simple', search_fold(
        NEW.title || ' ' || search_body(NEW.body_markdown, NEW.body_html) || search_hashtags(NEW.id)
    ));
    RETURN NEW;
END
$$;

CREATE FUNCTION comments_search_fill() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.search := to_tsvector('simple', search_fold(
        search_body(NEW.body_markdown, NEW.body_html) || search_hashtags(NEW.id)
    ));
    RETURN NEW;
END
$$;

-- They come after the row whose they are, which is indexed anew.
CREATE FUNCTION hashtags_search_fill() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    content bigint;
BEGIN
    IF TG_OP = 'DELETE' THEN
        content := OLD.content_id;
    ELSE
        content := NEW.content_id;
    END IF;
    UPDATE posts SET body_html = body_html WHERE id = content;
    UPDATE comments SET body_html = body_html WHERE id = content;
    RETURN NULL;
END
$$;

ALTER TABLE posts ALTER COLUMN search DROP EXPRESSION;
ALTER TABLE comments ALTER COLUMN search DROP EXPRESSION;

CREATE TRIGGER posts_search_fill
BEFORE INSERT OR UPDATE OF title, body_markdown, body_html ON posts
FOR EACH ROW EXECUTE FUNCTION posts_search_fill();

CREATE TRIGGER comments_search_fill
BEFORE INSERT OR UPDATE OF body_markdown, body_html ON comments
FOR EACH ROW EXECUTE FUNCTION comments_search_fill();

CREATE TRIGGER hashtags_search_insert AFTER INSERT ON extras
FOR EACH ROW WHEN (NEW.hashtags <> '[]') EXECUTE FUNCTION hashtags_search_fill();

CREATE TRIGGER hashtags_search_delete AFTER DELETE ON extras
FOR EACH ROW WHEN (OLD.hashtags <> '[]') EXECUTE FUNCTION hashtags_search_fill();

-- A note to several people is a message to each of them who lives here.
CREATE TABLE shared_messages (
    message_id BIGINT PRIMARY KEY REFERENCES private_messages (id) ON DELETE CASCADE,
    -- the note they all got
    note_ap_id TEXT NOT NULL,
    -- who else got it, as a list in JSON
    also_to TEXT NOT NULL
);
CREATE INDEX shared_messages_by_note ON shared_messages (note_ap_id, message_id);
