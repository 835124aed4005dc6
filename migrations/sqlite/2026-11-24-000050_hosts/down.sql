DROP TABLE host_signatures;
DROP TABLE blocked_links;
DROP TABLE host_rules;
