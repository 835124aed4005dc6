-- By its context NodeBB names a thread that is moved.
CREATE INDEX conversations_by_context ON conversations (context_url, post_id);
