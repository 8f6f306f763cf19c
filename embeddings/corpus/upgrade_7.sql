-- From version 6 of the file to version 7: articles known by their address, their versions.
-- Those that have one address are joined afterwards, in twins.py.
ALTER TABLE documents ADD COLUMN address TEXT NOT NULL DEFAULT '';
ALTER TABLE documents ADD COLUMN first_read TEXT;
ALTER TABLE documents ADD COLUMN changed TEXT;
CREATE INDEX documents_by_address ON documents (address);
CREATE TABLE versions (
    document_id TEXT NOT NULL,
    version     BLOB NOT NULL,
    title       TEXT NOT NULL,
    source      TEXT NOT NULL,
    published   TEXT NOT NULL,
    url         TEXT NOT NULL,
    path        TEXT NOT NULL,
    text        TEXT NOT NULL,
    read        TEXT,
    PRIMARY KEY (document_id, version)
);
CREATE TABLE addresses (
    document_id TEXT NOT NULL,
    url         TEXT NOT NULL,
    path        TEXT NOT NULL,
    PRIMARY KEY (document_id, url, path)
) WITHOUT ROWID;
CREATE INDEX addresses_by_path ON addresses (path);
CREATE INDEX stories_by_central ON stories (central);
-- What outlets repeat under their articles.
CREATE TABLE furniture (
    passage_id INTEGER PRIMARY KEY REFERENCES passages (id) ON DELETE CASCADE,
    articles   INTEGER NOT NULL
);
-- Languages, and words of scripts without spaces in the index.
ALTER TABLE documents ADD COLUMN language TEXT NOT NULL DEFAULT '';
CREATE INDEX documents_by_language ON documents (language);
DROP TRIGGER passages_inserted;
DROP TRIGGER passages_deleted;
DROP TABLE words;
ALTER TABLE passages ADD COLUMN index_text TEXT;
UPDATE passages SET index_text = index_form(text);
CREATE VIEW indexed_passages AS
    SELECT id, coalesce(index_text, text) AS text FROM passages;
CREATE VIRTUAL TABLE words USING fts5 (
    text, content = 'indexed_passages', content_rowid = 'id',
    tokenize = 'porter unicode61 remove_diacritics 2'
);
CREATE TRIGGER passages_inserted AFTER INSERT ON passages BEGIN
    INSERT INTO words (rowid, text) VALUES (new.id, coalesce(new.index_text, new.text));
END;
CREATE TRIGGER passages_deleted AFTER DELETE ON passages BEGIN
    INSERT INTO words (words, rowid, text)
        VALUES ('delete', old.id, coalesce(old.index_text, old.text));
END;
INSERT INTO words (words) VALUES ('rebuild');
-- Which topics are shown, until now those of one level.
ALTER TABLE topics ADD COLUMN shown INTEGER NOT NULL DEFAULT 1;
UPDATE topics SET shown = coalesce(
    (SELECT CAST(value AS INTEGER) FROM settings WHERE key = 'shown_level'), 0
) BETWEEN level AND finest;
DELETE FROM sums WHERE name = 'topics';
