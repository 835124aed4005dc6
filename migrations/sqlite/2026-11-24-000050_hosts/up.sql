-- Which servers may talk with this one: blocked domains, and, where there are any, the allowed ones.
CREATE TABLE host_rules (
    id INTEGER PRIMARY KEY,
    kind TEXT NOT NULL,
    -- lower case, ASCII, no port; its subdomains follow it
    domain TEXT NOT NULL,
    reason TEXT,
    created BIGINT NOT NULL,
    UNIQUE (kind, domain)
);
CREATE INDEX host_rules_by_domain ON host_rules (domain);

-- Links that nobody may post: host and path, without a scheme.
CREATE TABLE blocked_links (
    id INTEGER PRIMARY KEY,
    pattern TEXT NOT NULL UNIQUE,
    created BIGINT NOT NULL
);

-- Which form of signature a host took last, and signed with last.
CREATE TABLE host_signatures (
    host TEXT PRIMARY KEY,
    takes TEXT,
    takes_since BIGINT,
    sends TEXT,
    sends_since BIGINT
);
