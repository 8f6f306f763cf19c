-- Topicwire's one file. Text offsets count characters; vectors are little-endian float32.

CREATE TABLE settings (          -- what the user chose, and what derived tables came from
    key   TEXT PRIMARY KEY,
    value TEXT NOT NULL,         -- JSON
    crc   INTEGER                -- a checksum of the value; NULL, here and below: not known
) WITHOUT ROWID;

CREATE TABLE files (             -- what was read, so that an unchanged file is not read again
    path   TEXT PRIMARY KEY,
    digest TEXT NOT NULL
) WITHOUT ROWID;

CREATE TABLE problems (          -- what could not be read
    path    TEXT NOT NULL,
    line    INTEGER,
    message TEXT NOT NULL
);
CREATE INDEX problems_by_path ON problems (path);

CREATE TABLE documents (
    id        TEXT NOT NULL PRIMARY KEY,
    version   BLOB NOT NULL,     -- hash of everything below
    title     TEXT NOT NULL,
    source    TEXT NOT NULL,     -- the outlet
    published TEXT NOT NULL,     -- ISO 8601, cut to what is known: 2013, 2013-05, ...
    url       TEXT NOT NULL,
    path      TEXT NOT NULL,
    text      TEXT NOT NULL,
    address    TEXT NOT NULL DEFAULT '',  -- the url in its one form, by which twins are told
    first_read TEXT,             -- ISO 8601 in UTC; NULL, here and below: before this was noted
    changed    TEXT,             -- when its text, as it is, was first read
    language   TEXT NOT NULL DEFAULT ''  -- ISO 639; und: unsure; empty: the next run finds it
);                               -- with rowid: a key beside its text is read with all of it
CREATE INDEX documents_by_path ON documents (path);
CREATE INDEX documents_by_address ON documents (address);
CREATE INDEX documents_by_language ON documents (language);

CREATE TABLE versions (          -- other texts of an article: of before, or from another file
    document_id TEXT NOT NULL,   -- stays while its article is put anew: no reference
    version     BLOB NOT NULL,   -- hash of everything below but the last
    title       TEXT NOT NULL,
    source      TEXT NOT NULL,
    published   TEXT NOT NULL,
    url         TEXT NOT NULL,
    path        TEXT NOT NULL,
    text        TEXT NOT NULL,
    read        TEXT,            -- when it was first read
    PRIMARY KEY (document_id, version)
);
CREATE TABLE addresses (         -- where else an article stood: counted once
    document_id TEXT NOT NULL,
    url         TEXT NOT NULL,
    path        TEXT NOT NULL,
    PRIMARY KEY (document_id, url, path)
) WITHOUT ROWID;
CREATE INDEX addresses_by_path ON addresses (path);

CREATE TABLE removals (          -- page furniture: what was left out, and by which rule
    document_id TEXT NOT NULL REFERENCES documents (id) ON DELETE CASCADE,
    start       INTEGER,         -- NULL: dropped by the HTML reader, not in documents.text
    "end"       INTEGER,
    rule        TEXT NOT NULL,
    text        TEXT NOT NULL
);
CREATE INDEX removals_by_document ON removals (document_id);

CREATE TABLE passages (
    id          INTEGER PRIMARY KEY AUTOINCREMENT,
    document_id TEXT NOT NULL REFERENCES documents (id) ON DELETE CASCADE,
    position    INTEGER NOT NULL,
    start       INTEGER NOT NULL,
    body_start  INTEGER NOT NULL,
    "end"       INTEGER NOT NULL,
    text        TEXT NOT NULL,
    hash        BLOB NOT NULL,   -- of the normal form of the body
    index_text  TEXT,            -- the text as it is indexed; NULL: as it stands
    UNIQUE (document_id, position)
);

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

CREATE TABLE vectors (           -- each distinct text once for each encoder, kept for good
    hash    BLOB NOT NULL,
    encoder TEXT NOT NULL,       -- the encoder's fingerprint
    vector  BLOB NOT NULL,
    crc     INTEGER,             -- the sum of its 32-bit words
    PRIMARY KEY (hash, encoder)
);                               -- with rowid: rows of this size are written 4 times as fast

CREATE TABLE edits (             -- what the user changed in the topics; each run obeys them
    id      INTEGER PRIMARY KEY AUTOINCREMENT,
    kind    TEXT NOT NULL,       -- rename, merge, split, pin, part
    content TEXT NOT NULL,       -- JSON: topics and passages by content, not by id
    made    TEXT NOT NULL,       -- ISO 8601 in UTC
    crc     INTEGER              -- of kind, content and time
);

CREATE TABLE judgements (        -- the user's yes or no to pairs; each run obeys them
    kind TEXT NOT NULL,          -- near_copy, contains, same_event, story
    a    TEXT NOT NULL,          -- a passage's hash in hexadecimal; for a story an article's id
    b    TEXT NOT NULL,
    same INTEGER NOT NULL,       -- 1: belong together; 0: must not be put together
    made TEXT NOT NULL,          -- ISO 8601 in UTC
    crc  INTEGER,
    PRIMARY KEY (kind, a, b)
) WITHOUT ROWID;

-- Topics once found are the user's too: no articles give them back.

CREATE TABLE kept_topics (       -- the tree as it was found, before edits, and what was born since
    id        INTEGER PRIMARY KEY,
    level     INTEGER NOT NULL,  -- the broadest level it stands on, 0 first
    finest    INTEGER NOT NULL,
    parent    INTEGER,           -- the topic above it
    guided    TEXT NOT NULL,     -- the user's name for it; empty: discovered
    name      TEXT NOT NULL,     -- by its key phrases; empty: not named yet
    shown     INTEGER,           -- 1: by default; NULL: not chosen yet
    stability REAL               -- NULL: not measured
);
CREATE TABLE kept (              -- the finest topic of each text
    hash    BLOB PRIMARY KEY,
    leaf    INTEGER NOT NULL,
    founder INTEGER NOT NULL     -- 1: it was there when its topic was made; 0: it joined
) WITHOUT ROWID;
CREATE TABLE kept_parts (        -- where a split put each text
    edit INTEGER NOT NULL REFERENCES edits (id) ON DELETE CASCADE,
    hash BLOB NOT NULL,
    part INTEGER NOT NULL,
    PRIMARY KEY (edit, hash)
) WITHOUT ROWID;
CREATE TABLE topic_events (      -- what moved passages from topic to topic
    id       INTEGER PRIMARY KEY AUTOINCREMENT,
    at       TEXT NOT NULL,      -- ISO 8601 in UTC
    kind     TEXT NOT NULL,      -- found, born, ended, edited, undone, guided, renewed, moved
    topic    INTEGER,
    name     TEXT NOT NULL,      -- of the topic, then
    passages INTEGER NOT NULL,   -- that moved
    reason   TEXT NOT NULL
);

-- Below: derived from the tables above, replaced whole by each run.

CREATE TABLE stages (            -- what each result below was made from; none while articles change
    name   TEXT PRIMARY KEY,     -- relations, furniture, stories, sharing, quotations, places, topics, names, layout, search
    digest TEXT NOT NULL,        -- of what it hangs on
    notes  TEXT NOT NULL,        -- JSON: what the user is told of it
    crc    INTEGER
) WITHOUT ROWID;

CREATE TABLE sums (              -- of the rows of each table below, as the last run left them
    name TEXT PRIMARY KEY,
    crc  INTEGER NOT NULL
) WITHOUT ROWID;

CREATE TABLE copy_groups (
    id        INTEGER PRIMARY KEY,
    kind      TEXT NOT NULL,     -- exact, near_copy
    canonical INTEGER NOT NULL REFERENCES passages (id) ON DELETE CASCADE,
    across    INTEGER NOT NULL,  -- 1: in several outlets; 0: repeated within one
    short     INTEGER NOT NULL,  -- 1: too short for its repetition to mean anything
    sharing   TEXT NOT NULL DEFAULT ''  -- copied, quotation, boilerplate, update, repeat; '': the next run tells
);
CREATE TABLE copy_members (
    passage_id INTEGER PRIMARY KEY REFERENCES passages (id) ON DELETE CASCADE,
    group_id   INTEGER NOT NULL REFERENCES copy_groups (id) ON DELETE CASCADE,
    share      REAL NOT NULL     -- of words in common with the canonical passage
);
CREATE INDEX copy_members_by_group ON copy_members (group_id);

CREATE TABLE wordings (          -- passages of one wording, whatever their facts: one node
    passage_id INTEGER PRIMARY KEY REFERENCES passages (id) ON DELETE CASCADE,
    canonical  INTEGER NOT NULL REFERENCES passages (id) ON DELETE CASCADE
);

CREATE TABLE furniture (         -- what an outlet repeats under articles on different things
    passage_id INTEGER PRIMARY KEY REFERENCES passages (id) ON DELETE CASCADE,
    articles   INTEGER NOT NULL  -- of how many articles
);

CREATE TABLE members (           -- the last run's finest topic of each text: ids follow them
    hash     BLOB PRIMARY KEY,
    topic_id INTEGER NOT NULL
) WITHOUT ROWID;

CREATE TABLE relations (
    kind     TEXT NOT NULL,      -- near_copy (other facts, so no copy), contains, same_event
    a        INTEGER NOT NULL REFERENCES passages (id) ON DELETE CASCADE,
    b        INTEGER NOT NULL REFERENCES passages (id) ON DELETE CASCADE,
    score    REAL NOT NULL,
    evidence TEXT NOT NULL,      -- JSON
    across   INTEGER NOT NULL,   -- 1: of two outlets; 0: within one
    sharing  TEXT NOT NULL DEFAULT '',  -- as of copy_groups; '' also of same_event
    PRIMARY KEY (kind, a, b)
) WITHOUT ROWID;
CREATE INDEX relations_by_b ON relations (b);

CREATE TABLE article_relations ( -- whole articles that share their wording
    kind    TEXT NOT NULL,       -- exact, near_copy, contains (b stands in a)
    a       TEXT NOT NULL REFERENCES documents (id) ON DELETE CASCADE,
    b       TEXT NOT NULL REFERENCES documents (id) ON DELETE CASCADE,
    share_a REAL NOT NULL,       -- of a's words that stand in b
    share_b REAL NOT NULL,       -- of b's words that stand in a
    facts   INTEGER NOT NULL,    -- places where the two say different things
    PRIMARY KEY (a, b)
) WITHOUT ROWID;
CREATE INDEX article_relations_by_b ON article_relations (b);

CREATE TABLE stories (           -- articles that report one event
    id       INTEGER PRIMARY KEY,
    central  TEXT NOT NULL REFERENCES documents (id) ON DELETE CASCADE,
    cohesion REAL NOT NULL       -- least mean score of a member with the others, 0 to 1
);
CREATE INDEX stories_by_central ON stories (central);
CREATE TABLE story_members (
    document_id TEXT PRIMARY KEY REFERENCES documents (id) ON DELETE CASCADE,
    story_id    INTEGER NOT NULL REFERENCES stories (id) ON DELETE CASCADE
) WITHOUT ROWID;
CREATE INDEX story_members_by_story ON story_members (story_id);
CREATE TABLE story_memory (      -- the last run's story of each article: ids follow them
    document_id TEXT PRIMARY KEY,
    story_id    INTEGER NOT NULL
) WITHOUT ROWID;

CREATE TABLE topics (            -- a tree: each level parts the topics of the one above
    id              INTEGER PRIMARY KEY,
    name            TEXT NOT NULL,
    kind            TEXT NOT NULL,   -- guided, discovered
    keyphrases      TEXT NOT NULL,   -- JSON list
    representatives TEXT NOT NULL,   -- JSON list of passage ids
    level           INTEGER NOT NULL DEFAULT 0,  -- the broadest level it stands on, 0 first
    finest          INTEGER NOT NULL DEFAULT 0,  -- the finest level it stands on
    parent          INTEGER,         -- the topic above it
    stability       REAL,            -- mean best Jaccard over resampled runs; NULL: not measured
    named_by        TEXT NOT NULL DEFAULT 'keyphrases',  -- or: user, model
    near            INTEGER,         -- the guided topic a discovered one comes nearest to
    near_score      REAL,
    own_name        TEXT NOT NULL DEFAULT '', -- by its key phrases; whoever named it since
    shown           INTEGER NOT NULL DEFAULT 1   -- 1: by default; 0: through a broader one, or not
);
CREATE TABLE assignments (
    passage_id INTEGER PRIMARY KEY REFERENCES passages (id) ON DELETE CASCADE,
    node       INTEGER NOT NULL,     -- row of the neighbour graph; copies share one
    topic_id   INTEGER NOT NULL REFERENCES topics (id) ON DELETE CASCADE,  -- the broadest one shown
    strength   REAL NOT NULL,
    leaf_id    INTEGER,              -- its topic on the finest level; NULL: topic_id
    other_id   INTEGER,              -- the topic that draws it most after its own
    other      REAL NOT NULL DEFAULT 0,  -- how strongly, as strength
    mixed      INTEGER NOT NULL DEFAULT 0,  -- 1: between two topics
    stranger   INTEGER NOT NULL DEFAULT 0   -- 1: like no other passage
);
CREATE INDEX assignments_by_topic ON assignments (topic_id);

CREATE TABLE arrays (            -- the neighbour graph, the layout, what a search goes by
    name  TEXT PRIMARY KEY,
    dtype TEXT NOT NULL,         -- numpy's name, little-endian
    shape TEXT NOT NULL,         -- JSON list
    data  BLOB NOT NULL,
    crc   INTEGER
) WITHOUT ROWID;
