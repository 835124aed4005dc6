-- What the page behind a link says of itself. Threads with the same link share it.
CREATE TABLE link_previews (
    -- the link's SHA-256 in hexadecimal: a link may be longer than an index takes
    link_key TEXT PRIMARY KEY,
    link TEXT NOT NULL,
    -- to be looked at, not before next_attempt; one under way is put off until it should be done
    wanted BOOLEAN NOT NULL,
    attempts INTEGER NOT NULL,
    next_attempt BIGINT NOT NULL,
    -- when it was last looked at, with success or without
    looked_at BIGINT,
    title TEXT,
    description TEXT,
    content_type TEXT,
    -- the picture and the film that the page names, on its own server
    image_url TEXT,
    video_url TEXT,
    -- the picture made small, of ours
    thumbnail TEXT,
    thumbnail_url TEXT,
    thumbnail_bytes BIGINT NOT NULL,
    thumbnail_width INTEGER NOT NULL,
    thumbnail_height INTEGER NOT NULL
);
CREATE INDEX link_previews_wanted ON link_previews (next_attempt, link_key) WHERE wanted;
CREATE INDEX link_previews_looked_at ON link_previews (looked_at, link_key);
CREATE INDEX link_previews_thumbnails ON link_previews (thumbnail, thumbnail_bytes) WHERE thumbnail IS NOT NULL;

-- Which threads have which link: the one that apps see, so also a picture's.
CREATE TABLE post_links (
    post_id BIGINT PRIMARY KEY REFERENCES posts (id) ON DELETE CASCADE,
    link_key TEXT NOT NULL
);
CREATE INDEX post_links_by_key ON post_links (link_key, post_id);

-- When a server may next be asked for a page, on account of threads from here and from elsewhere.
CREATE TABLE link_slots (
    host TEXT NOT NULL,
    ours BOOLEAN NOT NULL,
    next_slot BIGINT NOT NULL,
    PRIMARY KEY (host, ours)
);
