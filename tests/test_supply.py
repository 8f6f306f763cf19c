"""What Topicwire is installed with: licences, the lock, and what an audit may claim."""

from __future__ import annotations

import re
from functools import cache
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from benchmarks.supply import describe

ROOT = Path(__file__).parents[1]

# As packages write them in their metadata. No GPL; LGPL and MPL bind only their own files.
ALLOWED = {
    *(
        "0BSD",
        "3-Clause BSD License",
        "Apache 2.0",
        "Apache 2.0 License",
        "Apache Software License",
        "Apache-2.0",
        "BSD License",
        "BSD",
    ),
    *("Apache-2.0 WITH LLVM-exception", "BSD-2-Clause", "BSD-3-Clause", "BSL-1.0", "CC0-1.0"),
    *("CNRI-Python", "ISC License (ISCL)", "LGPL-2.1-or-later", "MIT", "MIT License", "MIT-0"),
    *("MIT-CMU", "MPL-1.1", "MPL-2.0", "Mozilla Public License 2.0 (MPL 2.0)", "PSF-2.0", "Zlib"),
    "Python Software Foundation License",
    # pypdfium2, whose dependencies are PDFium's: BSD, Apache, MIT, FreeType, zlib, libpng, IJG.
    "BSD-3-Clause, Apache-2.0, dependency licenses",
}


@cache
def installed(*extras: str) -> dict[str, Distribution]:
    """Everything that installing Topicwire with these extras brings."""
    found: dict[str, Distribution] = {}
    todo = [("topicwire", extra) for extra in ("", *extras)]
    while todo:
        name, extra = todo.pop()
        try:
            found[canonicalize_name(name)] = package = distribution(name)
        except PackageNotFoundError:
            continue  # needed elsewhere: on another system, or by an optional part
        for line in package.requires or ():
            needed = Requirement(line)
            wanted = needed.marker is None or needed.marker.evaluate({"extra": extra})
            if wanted and canonicalize_name(needed.name) not in found:
                todo.append((needed.name, ""))
    return found


def licence(package: Distribution) -> str:
    told = package.metadata
    named = [c.rpartition(" :: ")[2] for c in told.get_all("Classifier") or () if "License ::" in c]
    exact = [name for name in named if name != "OSI Approved"]
    said = told.get("License-Expression") or " AND ".join(exact) or told.get("License")
    # Some say it in their licence's own first line alone.
    text = package.read_text("licenses/LICENSE") or ""
    return str(said or text.strip().partition("\n")[0].strip())


def is_allowed(expression: str) -> bool:
    """Whether one way through an expression's ORs meets only licences that are allowed."""
    return any(
        all(part.strip(" ()") in ALLOWED or part.strip() in ALLOWED for part in way.split(" AND "))
        for way in expression.split(" OR ")
    )


def test_every_package_is_under_a_licence_that_is_allowed():
    licences = {
        name: licence(package) for name, package in installed("dev", "mcp", "ray", "warc").items()
    }
    assert len(licences) > 60
    assert {name: told for name, told in licences.items() if not is_allowed(told)} == {}


@pytest.mark.parametrize("told", ["GPL-3.0-only", "MIT AND GPL-2.0", "", "AGPL-3.0 OR GPL-3.0"])
def test_a_licence_that_binds_the_whole_is_refused(told):
    assert not is_allowed(told)


def pinned(file: str) -> dict[str, str]:
    lines = re.findall(r"^([\w.-]+)==([\w.]+)", (ROOT / file).read_text("utf-8"), re.MULTILINE)
    return {canonicalize_name(name): version for name, version in lines}


def test_the_lock_holds_what_is_tested_with_its_hashes():
    locked, tested = pinned("requirements.lock"), pinned("constraints.txt")
    needed = installed().keys() & tested.keys()
    assert {name: locked.get(name) for name in needed} == {name: tested[name] for name in needed}
    entries = re.split(r"\n(?=[\w.-]+==)", (ROOT / "requirements.lock").read_text("utf-8"))[1:]
    assert [entry.splitlines()[0] for entry in entries if "--hash=sha256:" not in entry] == []


def test_an_audit_never_takes_a_package_it_could_not_ask_about_for_a_sound_one():
    sound = {"name": "a", "version": "1", "vulns": []}
    hurt = {"name": "b", "version": "1", "vulns": [{"id": "CVE-1", "fix_versions": ["2"]}]}
    asked_in_vain = {"name": "c", "skip_reason": "not found"}
    lines, code = describe({"dependencies": [sound, hurt, asked_in_vain]})
    assert lines == [
        "b 1: CVE-1, mended in 2",
        "2 of 3 packages audited, known vulnerabilities in them: 1.",
        "Not audited, so nothing is known of them: c.",
    ]
    assert code == 1
    assert describe({"dependencies": [sound]})[1] == 0
    assert describe({"dependencies": [asked_in_vain]})[1] == 2
