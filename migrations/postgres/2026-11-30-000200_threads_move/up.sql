-- Longer than an index takes; such a conversation is read by its replies.
UPDATE conversations SET context_url = NULL WHERE octet_length(context_url) > 2048;
-- By its context NodeBB names a thread that is moved.
CREATE INDEX conversations_by_context ON conversations (context_url, post_id);
