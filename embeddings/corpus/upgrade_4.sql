-- From version 3 of the file to version 4: one table says what derived results were made from.
CREATE TABLE stages (
    name   TEXT PRIMARY KEY,
    digest TEXT NOT NULL,
    notes  TEXT NOT NULL
) WITHOUT ROWID;
INSERT INTO stages SELECT 'relations', json_extract(value, '$'), 'null'
    FROM settings WHERE key = 'related';
INSERT INTO stages SELECT 'stories', json_extract(value, '$'), 'null'
    FROM settings WHERE key = 'covered';
INSERT INTO stages SELECT 'places', json_extract(value, '$[0]'), json_extract(value, '$[1]')
    FROM settings WHERE key = 'placed';
INSERT INTO stages SELECT 'topics', json_extract(s.value, '$'), coalesce(r.value, '{}')
    FROM settings AS s LEFT JOIN settings AS r ON r.key = 'remarks' WHERE s.key = 'derived';
INSERT INTO stages SELECT 'names', json_extract(s.value, '$'), coalesce(r.value, '[]')
    FROM settings AS s LEFT JOIN settings AS r ON r.key = 'idle_names' WHERE s.key = 'named';
INSERT INTO stages SELECT 'layout', json_extract(value, '$'), 'null'
    FROM settings WHERE key = 'layout';
DELETE FROM settings WHERE key IN
    ('related', 'covered', 'placed', 'derived', 'remarks', 'named', 'idle_names', 'layout');
