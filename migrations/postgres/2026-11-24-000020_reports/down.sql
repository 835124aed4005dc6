DROP TABLE discarded_files;
ALTER TABLE uploads DROP COLUMN height;
ALTER TABLE uploads DROP COLUMN width;
ALTER TABLE uploads DROP COLUMN purpose;
ALTER TABLE uploads DROP COLUMN delete_token;
DROP TABLE application_decisions;
DROP TABLE reports;
