"""What was kept by name is given back as it was written, or said to be damaged."""

from __future__ import annotations

import sqlite3

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from embeddings.corpus.checking import check_file
from embeddings.corpus.checksums import checksum, join_vectors, sum_rows, sum_vectors
from embeddings.corpus.held_once import read_vectors
from embeddings.corpus.store import CorpusStore
from embeddings.errors import StoreError
from tests.older import make_older


def flip(data: bytes, bit: int) -> bytes:
    """Turn one bit of many, counted round."""
    content = bytearray(data)
    content[bit // 8 % len(data)] ^= 1 << bit % 8
    return bytes(content)


def damage(store: CorpusStore, sql: str, bit: int) -> None:
    """Turn a bit of one column, as raw bytes; ``sql`` names table, column and row."""
    table, column, key = sql.split()
    with store.transaction() as connection:
        (kind, data), *_ = connection.execute(
            f"SELECT typeof({column}), CAST({column} AS BLOB) FROM {table} WHERE {key}"  # noqa: S608
        ).fetchall()
        value = "CAST(? AS TEXT)" if kind == "text" else "?"
        sql = f"UPDATE {table} SET {column} = {value} WHERE {key}"  # noqa: S608
        connection.execute(sql, (flip(data, bit),))


@settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60, deadline=None
)
@given(bit=st.integers(0, 2**16), column=st.sampled_from(["dtype", "shape", "data"]))
def test_an_array_is_given_back_as_it_was_or_said_to_be_damaged(store, bit, column):
    array = np.arange(12, dtype=np.int64).reshape(3, 4)
    store.put_array("graph", array)
    assert (store.array("graph") == array).all()
    damage(store, f"arrays {column} name='graph'", bit)
    with pytest.raises(StoreError, match=r"damaged \(the array graph\).*info --check"):
        store.array("graph")


@settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60, deadline=None
)
@given(bit=st.integers(0, 2**16))
def test_a_setting_is_given_back_as_it_was_or_said_to_be_damaged(store, bit):
    value = {"name": "Damaskus – ü", "count": 7}
    store.set_setting("chosen", value)
    assert store.setting("chosen") == value
    damage(store, "settings value key='chosen'", bit)
    with pytest.raises(StoreError, match=r"damaged \(the setting chosen\).*--repair"):
        store.setting("chosen")


@pytest.mark.parametrize("name", ["chosem", "", "\udcff", 7])
def test_a_setting_whose_name_was_changed_is_not_taken_for_one_never_made(store, name):
    store.set_setting("chosen", 7)
    assert store.setting("never made") is None
    key = name.encode("utf-8", "surrogateescape") if isinstance(name, str) else name
    with store.transaction() as connection:
        connection.execute("UPDATE settings SET key = CAST(? AS TEXT)", (key,))
    with (
        CorpusStore.open(store.path) as again,
        pytest.raises(StoreError, match=r"damaged \(the setting .*--repair"),
    ):
        again.setting("chosen")
    assert next(one for one in check_file(store) if one.what == "settings").damaged


def test_a_setting_of_an_earlier_version_is_known_by_its_value_alone(store):
    store.set_setting("chosen", 7)
    with store.transaction() as connection:
        connection.execute("UPDATE settings SET crc = ?", (checksum(b"7"),))
    assert store.setting("chosen") == 7
    with store.transaction() as connection:
        connection.execute("UPDATE settings SET value = '8'")
    with pytest.raises(StoreError, match="damaged"):
        store.setting("chosen")


@settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60, deadline=None
)
@given(bit=st.integers(0, 2**16))
def test_a_vector_is_given_back_as_it_was_or_said_to_be_damaged(store, put, bit):
    put(store, "a", ["One."])
    store.put_vectors("e", [row[0] for row in store.rows("SELECT hash FROM passages")], ROW)
    assert (read_vectors(store, "e")[[0]] == ROW).all()
    damage(store, "vectors vector encoder='e'", bit)
    with pytest.raises(StoreError, match=r"damaged \(a vector\)"):
        read_vectors(store, "e")


ROW = np.linspace(-1, 1, 8, dtype=np.float32).reshape(1, 8)


def test_vectors_of_unlike_lengths_are_damaged_and_those_without_a_sum_are_taken():
    blob, crc = ROW[0].tobytes(), int(sum_vectors(ROW)[0])
    assert join_vectors([blob, blob[4:]], [crc, None]) is None
    assert (join_vectors([blob, blob], [crc, None]) == np.repeat(ROW, 2, axis=0)).all()


def test_the_sum_of_a_table_hangs_on_its_rows_and_not_on_their_order(store):
    sums = []
    for rows in ([(b"a", 1), (b"b", 2)], [(b"b", 2), (b"a", 1)], [(b"a", 1), (b"b", 3)]):
        with store.transaction() as connection:
            connection.execute("DELETE FROM members")
            connection.executemany("INSERT INTO members VALUES (?, ?)", rows)
        store.note_sums(["members"])
        sums.append(store.rows("SELECT name, crc FROM sums"))
    assert sums[0] == sums[1] != sums[2]


KEPT = "SELECT crc FROM settings UNION ALL SELECT crc FROM arrays"


ASSIGNED = [[1, 0, 7, 0.5, None, None, 0.25, 0, 0], [2, 1, 7, 0.75, 8, 9, 0.125, 1, 0]]
CHANGED = {
    "a number by a bit": lambda rows: rows[0].__setitem__(2, 7 ^ 1 << 40),
    "a share by its last bit": lambda rows: rows[1].__setitem__(3, np.nextafter(0.75, 1)),
    "nothing to a number": lambda rows: rows[0].__setitem__(5, 9),
    "a number to a text": lambda rows: rows[0].__setitem__(3, "nan"),
    "a number beyond all others": lambda rows: rows[0].__setitem__(1, 2**62),
    "shares that changed places": lambda rows: (
        rows[0].__setitem__(3, 0.75),
        rows[1].__setitem__(3, 0.5),
    ),
    "a row that is gone": lambda rows: rows.pop(),
}


def sum_assigned(rows):
    connection = sqlite3.connect(":memory:")
    connection.execute(
        "CREATE TABLE assignments (passage_id INTEGER PRIMARY KEY, node INTEGER NOT NULL, "
        "topic_id INTEGER NOT NULL, strength REAL NOT NULL, leaf_id INTEGER, other_id INTEGER, "
        "other REAL NOT NULL, mixed INTEGER NOT NULL, stranger INTEGER NOT NULL)"
    )
    connection.executemany("INSERT INTO assignments VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", rows)
    return sum_rows(connection, "assignments")


@pytest.mark.parametrize("what", CHANGED)
def test_the_sum_of_a_table_of_numbers_tells_of(what):
    changed = [list(row) for row in ASSIGNED]
    CHANGED[what](changed)
    assert sum_assigned(changed) != sum_assigned(ASSIGNED)
    assert sum_assigned(ASSIGNED[::-1]) == sum_assigned(ASSIGNED) < 0


def test_many_rows_of_great_numbers_have_a_sum():
    rows = [[n, 2**31 - n, 2**31, 1.0, n, n, 1.0, 1, 1] for n in range(2**18, 2**18 + 70_000)]
    assert sum_assigned(rows) < 0


def test_a_file_of_version_4_gets_checksums_of_what_it_holds(tmp_path):
    path = tmp_path / "old.db"
    with CorpusStore.open(path, write=True) as store:
        store.set_setting("chosen", ["ü"])
        store.put_array("graph", ROW)
        with store.transaction() as connection:
            connection.execute("INSERT INTO stages VALUES ('topics', 'd', '[1]', NULL)")
        kept = store.rows(KEPT)
    connection = sqlite3.connect(path)
    make_older(connection, 4)
    connection.commit()
    connection.close()
    with CorpusStore.open(path) as store:
        assert (store.setting("chosen"), store.array("graph").tolist()) == (["ü"], ROW.tolist())
        # Of a setting, of its value alone, as they were.
        assert store.rows(KEPT) == [(checksum('["ü"]'.encode()),), *kept[1:]]
        assert store.rows("SELECT crc FROM stages") == [(checksum(b"d", b"[1]"),)]
