-- From version 4 of the file to version 5: checksums, of what is there as it is.
-- Vectors get theirs when they are written: there may be millions.
ALTER TABLE settings ADD COLUMN crc INTEGER;
UPDATE settings SET crc = checksum(CAST(value AS BLOB));
ALTER TABLE stages ADD COLUMN crc INTEGER;
UPDATE stages SET crc = checksum(CAST(digest AS BLOB), CAST(notes AS BLOB));
ALTER TABLE arrays ADD COLUMN crc INTEGER;
UPDATE arrays SET crc = checksum(CAST(dtype AS BLOB), CAST(shape AS BLOB), data);
ALTER TABLE vectors ADD COLUMN crc INTEGER;
CREATE TABLE sums (
    name TEXT PRIMARY KEY,
    crc  INTEGER NOT NULL
) WITHOUT ROWID;
