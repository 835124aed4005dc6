DROP TABLE link_slots;
DROP TABLE post_links;
DROP TABLE link_previews;
