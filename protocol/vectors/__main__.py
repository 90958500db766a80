"""`python -m protocol.vectors` rebuilds the vector files; `--check` only says whether a rebuild would change one."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from protocol.vectors.rebuild import RECORDED, rebuild

HERE = Path(__file__).parent
POLICY = HERE.parent / "policies" / "example.toml"
FORMS = HERE.parent / "forms"


def recorded(folder: Path = HERE) -> dict[str, str]:
    """Documents recorded so far."""
    file = folder / RECORDED
    documents: dict[str, str] = json.loads(file.read_text(encoding="utf-8"))["documents"] if file.exists() else {}
    return documents


def differing(folder: Path = HERE) -> dict[str, str]:
    """Files that a rebuild would change, with their new text; a file that none builds any more has an empty one."""
    forms = [path.read_bytes() for path in FORMS.glob("*.toml")]
    built = rebuild(POLICY.read_text(encoding="utf-8"), recorded(folder), forms)
    here = {path.name: path.read_text(encoding="utf-8") for path in folder.glob("*.json")}
    return {
        name: built.get(name, "") for name in sorted(built.keys() | here.keys()) if built.get(name) != here.get(name)
    }


def main(arguments: list[str]) -> int:
    """Rebuild or check; 1 if a check finds a difference."""
    if arguments not in ([], ["--check"]):
        print("usage: python -m protocol.vectors [--check]", file=sys.stderr)
        return 2
    changed = differing()
    for name, text in changed.items():
        print(f"{'differs' if arguments else 'written'}: {name}")
        if not arguments and text:
            (HERE / name).write_text(text, encoding="utf-8")
        elif not arguments:
            (HERE / name).unlink()
    if not changed:
        print("vectors: no difference")
    return 1 if changed and arguments else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
