DROP TABLE shared_messages;
DROP TRIGGER hashtags_search_insert ON extras;
DROP TRIGGER hashtags_search_delete ON extras;
DROP TRIGGER posts_search_fill ON posts;
DROP TRIGGER comments_search_fill ON comments;
DROP FUNCTION hashtags_search_fill();
DROP FUNCTION posts_search_fill();
DROP FUNCTION comments_search_fill();
DROP FUNCTION search_hashtags(bigint);
DROP FUNCTION search_body(text, text);

ALTER TABLE posts DROP COLUMN search;
ALTER TABLE posts ADD COLUMN search tsvector GENERATED ALWAYS AS (
    to_tsvector('simple', search_fold(
        title || ' ' || left(coalesce(body_markdown, regexp_replace(body_html, '<[^>]*>', ' ', 'g')), 100000)
    ))
) STORED;
CREATE INDEX posts_search ON posts USING gin (search) WHERE NOT deleted AND NOT removed;

ALTER TABLE comments DROP COLUMN search;
ALTER TABLE comments ADD COLUMN search tsvector GENERATED ALWAYS AS (
    to_tsvector('simple', search_fold(
        left(coalesce(body_markdown, regexp_replace(body_html, '<[^>]*>', ' ', 'g')), 100000)
    ))
) STORED;
CREATE INDEX comments_search ON comments USING gin (search) WHERE NOT deleted AND NOT removed;

ALTER TABLE extras DROP COLUMN hashtags;
