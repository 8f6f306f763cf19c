-- From version 7 of the file to version 8: topics once found are kept.
CREATE TABLE kept_topics (
    id        INTEGER PRIMARY KEY,
    level     INTEGER NOT NULL,
    finest    INTEGER NOT NULL,
    parent    INTEGER,
    guided    TEXT NOT NULL,
    name      TEXT NOT NULL,
    shown     INTEGER,
    stability REAL
);
CREATE TABLE kept (
    hash    BLOB PRIMARY KEY,
    leaf    INTEGER NOT NULL,
    founder INTEGER NOT NULL
) WITHOUT ROWID;
CREATE TABLE kept_parts (
    edit INTEGER NOT NULL REFERENCES edits (id) ON DELETE CASCADE,
    hash BLOB NOT NULL,
    part INTEGER NOT NULL,
    PRIMARY KEY (edit, hash)
) WITHOUT ROWID;
CREATE TABLE topic_events (
    id       INTEGER PRIMARY KEY AUTOINCREMENT,
    at       TEXT NOT NULL,
    kind     TEXT NOT NULL,
    topic    INTEGER,
    name     TEXT NOT NULL,
    passages INTEGER NOT NULL,
    reason   TEXT NOT NULL
);
-- What kind of sharing copies and relations are.
ALTER TABLE copy_groups ADD COLUMN sharing TEXT NOT NULL DEFAULT '';
ALTER TABLE relations ADD COLUMN sharing TEXT NOT NULL DEFAULT '';
DELETE FROM sums WHERE name IN ('copy_groups', 'relations');
-- Those that the file has are to be kept.
INSERT OR REPLACE INTO settings (key, value)
    SELECT 'topics_to_keep', 'true' WHERE EXISTS (SELECT 1 FROM members);
