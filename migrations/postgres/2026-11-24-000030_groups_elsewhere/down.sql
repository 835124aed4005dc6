DROP TABLE notices;
DROP TABLE shares;
DROP TABLE share_sources;
DROP TABLE moves;
DROP TABLE aliases;
