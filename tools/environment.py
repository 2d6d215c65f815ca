"""Write environment.yml, for conda and Binder, from pyproject.toml and the lock file.

python -m tools.environment        # writes environment.yml
"""

from __future__ import annotations

import sys
import tomllib
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[1]
PYTHON = "3.11"
CONDA_NAMES = {"matplotlib": "matplotlib-base"}


def locked(python: str = PYTHON) -> dict[str, str]:
    """Read the lock file: name to version, for one version of Python on Linux."""
    where = {"python_version": python, "python_full_version": f"{python}.0", "sys_platform": "linux"}
    where |= {"platform_system": "Linux", "os_name": "posix", "platform_python_implementation": "CPython"}
    versions: dict[str, str] = {}
    for line in (ROOT / "requirements.lock").read_text("utf-8").splitlines():
        if line and line[0].isalnum():
            pinned = Requirement(line.rstrip(" \\"))
            if pinned.marker is None or pinned.marker.evaluate(where):
                versions[canonicalize_name(pinned.name)] = next(iter(pinned.specifier)).version
    return versions


def direct() -> list[str]:
    """List what pyproject.toml asks for, without the tools of development."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    return sorted(canonicalize_name(Requirement(line).name) for line in project["dependencies"])


def environment() -> str:
    """Compose environment.yml."""
    versions = locked()
    conda = [f"  - {CONDA_NAMES.get(name, name)}={versions[name]}" for name in direct()]
    head = ["# Made by `make lock` from pyproject.toml and requirements.lock; do not edit.", "name: vantage"]
    head += ["channels:", "  - conda-forge", "  - nodefaults", "dependencies:", f"  - python={PYTHON}"]
    return "\n".join([*head, *conda, "  - pip", "  - pip:", "      - -e ."]) + "\n"


def main() -> int:
    """Write the file."""
    (ROOT / "environment.yml").write_text(environment(), "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
