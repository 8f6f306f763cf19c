"""The built wheel holds all it needs, and a stranger's package of our names is noticed."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    # Built from a copy: setuptools leaves a build folder, and would pack what is old in it.
    source = folder / "source"
    source.mkdir()
    for name in ("embeddings", "topics"):
        shutil.copytree(ROOT / name, source / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("topicwire.py", "pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, source)
    done = subprocess.run(
        [
            sys.executable,
            "-m",
            "pip",
            "wheel",
            "--quiet",
            "--no-deps",
            "-w",
            str(folder),
            str(source),
        ],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return next(folder.glob("*.whl"))


def test_the_wheel_holds_every_module_and_data_file(wheel):
    held = set(zipfile.ZipFile(wheel).namelist())
    for package in ("embeddings", "topics"):
        for path in (ROOT / package).rglob("*"):
            if (
                path.suffix in {".py", ".pyi", ".sql", ".html", ".css", ".js"}
                or path.name == "py.typed"
            ):
                assert str(path.relative_to(ROOT)) in held
    assert "topicwire.py" in held
    assert not [name for name in held if name.startswith(("tests", "seeds", "benchmarks"))]


def test_the_wheel_runs_away_from_the_checkout(wheel, tmp_path):
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(tmp_path / "site")
    (tmp_path / "post").mkdir()
    (tmp_path / "post" / "a.txt").write_text("Title\n\nThe ministers met in Geneva on Friday.\n")
    done = run_launcher(tmp_path / "site", tmp_path, "cluster", "post")
    assert done.returncode == 0, done.stderr
    assert "1 article added" in done.stdout


@pytest.mark.parametrize("name", ["embeddings", "topics"])
def test_a_strangers_package_of_our_name_is_named(wheel, tmp_path, name):
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(tmp_path / "site")
    (tmp_path / "site" / name / "__init__.py").write_text("# somebody else's\n")
    done = run_launcher(tmp_path / "site", tmp_path, "--help")
    assert done.returncode == 1
    assert f"`{name}`" in done.stderr
    assert "not Topicwire's" in done.stderr


def run_launcher(site: Path, cwd: Path, *args: str) -> subprocess.CompletedProcess[str]:
    code = f"import sys; sys.path.insert(0, {str(site)!r}); import topicwire; topicwire.main()"
    return subprocess.run(
        [sys.executable, "-P", "-c", code, *args],
        capture_output=True,
        text=True,
        cwd=cwd,
        env={key: value for key, value in os.environ.items() if key != "PYTHONPATH"},
        check=False,
    )


def test_an_editable_install_is_no_clash():
    import topicwire

    assert topicwire.find_clash() is None
