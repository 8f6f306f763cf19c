"""The rows of a workbook, written as JSON lines by a process of its own.

Run as a program: the workbook is its input. A sheet with one cell far away takes memory for
all cells between, which ends a process; so it is not the one that reads the other files.
"""

from __future__ import annotations

import contextlib
import json
import sys
import zipfile
from datetime import date, datetime, time, timedelta

# In bytes: some ten million cells.
MOST_MEMORY = 2 << 30
PASSWORD, DAMAGED = "it needs a password; save it without", "it is damaged or no workbook"


def write_rows() -> None:
    """Write each sheet's name as an object, and then its rows as arrays of texts.

    An object with ``error`` says why there is nothing.
    """
    import python_calamine

    _limit_memory()
    try:
        workbook = python_calamine.CalamineWorkbook.from_filelike(sys.stdin.buffer)
        for sheet in workbook.sheets_metadata:
            if sheet.typ is python_calamine.SheetTypeEnum.WorkSheet:
                _write({"sheet": sheet.name})
                for row in workbook.get_sheet_by_name(sheet.name).iter_rows():
                    _write([_as_text(cell) for cell in row])
    except python_calamine.PasswordError:
        _write({"error": PASSWORD})
    except python_calamine.CalamineError:
        _write({"error": PASSWORD if _is_encrypted_archive() else DAMAGED})


def _is_encrypted_archive() -> bool:
    """Whether it is an OpenDocument file that needs a password."""
    try:
        sys.stdin.buffer.seek(0)
        with zipfile.ZipFile(sys.stdin.buffer) as archive:
            return b"encryption-data" in archive.read("META-INF/manifest.xml")
    except (zipfile.BadZipFile, KeyError, OSError):
        return False


def _limit_memory() -> None:
    with contextlib.suppress(ImportError, ValueError, OSError):
        import resource

        _, hard = resource.getrlimit(resource.RLIMIT_AS)
        most = MOST_MEMORY if hard == resource.RLIM_INFINITY else min(MOST_MEMORY, hard)
        resource.setrlimit(resource.RLIMIT_AS, (most, hard))


def _as_text(cell: float | str | bool | time | date | datetime | timedelta) -> str:
    if isinstance(cell, bool):
        return ""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return cell.isoformat() if isinstance(cell, (date, time)) else str(cell)


def _write(line: object) -> None:
    sys.stdout.write(json.dumps(line) + "\n")


if __name__ == "__main__":
    write_rows()
