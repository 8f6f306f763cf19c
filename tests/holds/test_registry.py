"""Every command and every reader has its cases, so that the drivers leave nothing out."""

from __future__ import annotations

import pytest

from embeddings.articles.formats.registry import FORMATS
from tests.holds.readers import FILES, list_files_taken
from tests.holds.registry import READING, WRITING, list_commands
from tests.holds.seeds import SEEDS

pytestmark = pytest.mark.holds


def test_every_command_has_a_case():
    cased = {case.command for case in (*WRITING, *READING)}
    assert cased == set(list_commands()), "add its cases to tests/holds/registry.py"


def test_every_format_has_a_reader():
    usual = {one.endings[0] for one in FORMATS}
    assert set(SEEDS) == usual, "add its seeds to tests/holds/seeds.py"


def test_every_file_that_a_command_takes_has_a_reader():
    assert set(FILES) == set(list_files_taken()), "add its reader to tests/holds/readers.py"
