DROP TABLE purged;
DROP TABLE comment_locks;
DROP TABLE site_pins;
DROP TABLE hidden_groups;
DROP TABLE ban_removals;
DROP TABLE bans;
DROP TABLE modlog;
