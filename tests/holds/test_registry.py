"""Every command and every reader has its cases, so that the drivers leave nothing out."""

from __future__ import annotations

import pytest

from tests.holds.registry import READING, WRITING, list_commands

pytestmark = pytest.mark.holds


def test_every_command_has_a_case():
    cased = {case.command for case in (*WRITING, *READING)}
    assert cased == set(list_commands()), "add its cases to tests/holds/registry.py"
