-- From version 2 of the file to version 3: judgements, wordings, relations of articles, stories.
CREATE TABLE judgements (
    kind TEXT NOT NULL,
    a    TEXT NOT NULL,
    b    TEXT NOT NULL,
    same INTEGER NOT NULL,
    made TEXT NOT NULL,
    PRIMARY KEY (kind, a, b)
) WITHOUT ROWID;
CREATE TABLE wordings (
    passage_id INTEGER PRIMARY KEY REFERENCES passages (id) ON DELETE CASCADE,
    canonical  INTEGER NOT NULL REFERENCES passages (id) ON DELETE CASCADE
);
INSERT INTO wordings SELECT m.passage_id, g.canonical FROM copy_members AS m
    JOIN copy_groups AS g ON g.id = m.group_id;
CREATE TABLE article_relations (
    kind    TEXT NOT NULL,
    a       TEXT NOT NULL REFERENCES documents (id) ON DELETE CASCADE,
    b       TEXT NOT NULL REFERENCES documents (id) ON DELETE CASCADE,
    share_a REAL NOT NULL,
    share_b REAL NOT NULL,
    facts   INTEGER NOT NULL,
    PRIMARY KEY (a, b)
) WITHOUT ROWID;
CREATE INDEX article_relations_by_b ON article_relations (b);
CREATE TABLE stories (
    id       INTEGER PRIMARY KEY,
    central  TEXT NOT NULL REFERENCES documents (id) ON DELETE CASCADE,
    cohesion REAL NOT NULL
);
CREATE TABLE story_members (
    document_id TEXT PRIMARY KEY REFERENCES documents (id) ON DELETE CASCADE,
    story_id    INTEGER NOT NULL REFERENCES stories (id) ON DELETE CASCADE
) WITHOUT ROWID;
CREATE INDEX story_members_by_story ON story_members (story_id);
CREATE TABLE story_memory (
    document_id TEXT PRIMARY KEY,
    story_id    INTEGER NOT NULL
) WITHOUT ROWID;
