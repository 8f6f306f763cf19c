-- From version 5 of the file to version 6: checksums of what was made by hand.
ALTER TABLE edits ADD COLUMN crc INTEGER;
UPDATE edits SET crc =
    checksum(CAST(kind AS BLOB), CAST(content AS BLOB), CAST(made AS BLOB));
ALTER TABLE judgements ADD COLUMN crc INTEGER;
UPDATE judgements SET crc = checksum(
    CAST(kind AS BLOB), CAST(a AS BLOB), CAST(b AS BLOB), CAST(same AS BLOB), CAST(made AS BLOB)
);
