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
