-- Full-text search. What is indexed is folded as SQLite's index folds it: no tags of remote HTML,
-- words part at punctuation, accents are dropped. A body has the text of at most 100 000
-- characters indexed (a tsvector has a size limit, and a text beyond it would be refused).

CREATE FUNCTION search_fold(content text) RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN regexp_replace(
    normalize(translate(content, '!"#$%&''()*+,-./:;<=>?@[\]^_`{|}~', repeat(' ', 32)), NFD),
    '[\u0300-\u036F]', '', 'g'
);

ALTER TABLE posts ADD COLUMN search tsvector GENERATED ALWAYS AS (
    to_tsvector('simple', search_fold(
        title || ' ' || left(coalesce(body_markdown, regexp_replace(body_html, '<[^>]*>', ' ', 'g')), 100000)
    ))
) STORED;
CREATE INDEX posts_search ON posts USING gin (search) WHERE NOT deleted AND NOT removed;

ALTER TABLE comments ADD COLUMN search tsvector GENERATED ALWAYS AS (
    to_tsvector('simple', search_fold(
        left(coalesce(body_markdown, regexp_replace(body_html, '<[^>]*>', ' ', 'g')), 100000)
    ))
) STORED;
CREATE INDEX comments_search ON comments USING gin (search) WHERE NOT deleted AND NOT removed;

-- People and groups by the beginning of a name.
CREATE INDEX actors_name_prefix ON actors (kind, lower(name) COLLATE "C");
CREATE INDEX actors_display_name_prefix ON actors (kind, lower(display_name) COLLATE "C");
