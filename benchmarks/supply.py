"""Known vulnerabilities of what Topicwire is installed with, by pip-audit.

    python -m benchmarks.supply [LOCK]

Asks the package index's database of advisories about every line of ``requirements.lock``: this
is the one thing here that needs the network. A package that it could not ask about is counted
and named, never taken for one without a vulnerability. Exit code 1 where any is known, 2 where
none could be asked about.
"""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any


def describe(report: dict[str, Any]) -> tuple[list[str], int]:
    """Return the lines to print of pip-audit's JSON report, and the exit code."""
    packages = report["dependencies"]
    unknown = [package["name"] for package in packages if "vulns" not in package]
    found = [(package, each) for package in packages for each in package.get("vulns", ())]
    lines = []
    for package, each in found:
        mended = ", ".join(each["fix_versions"]) or "no version yet"
        lines.append(f"{package['name']} {package['version']}: {each['id']}, mended in {mended}")
    audited = len(packages) - len(unknown)
    told = f"{audited} of {len(packages)} packages audited"
    lines.append(f"{told}, known vulnerabilities in them: {len(found)}.")
    if unknown:
        lines.append(f"Not audited, so nothing is known of them: {', '.join(unknown)}.")
    return lines, 1 if found else 0 if audited else 2


def main() -> int:
    lock = sys.argv[1] if len(sys.argv) > 1 else "requirements.lock"
    command = [sys.executable, "-m", "pip_audit", "-r", lock, "--no-deps", "--disable-pip"]
    ran = subprocess.run([*command, "-f", "json"], capture_output=True, text=True, check=False)
    if not ran.stdout:
        print(ran.stderr.strip() or "pip-audit said nothing")
        return 2
    lines, code = describe(json.loads(ran.stdout))
    print("\n".join(lines))
    return code


if __name__ == "__main__":
    raise SystemExit(main())
