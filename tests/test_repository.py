"""What holds of the files of the project."""

import re
import subprocess
import tomllib
from functools import cache
from pathlib import Path

import pytest

from accounts.permissions import DataItem
from des.catalogue import ENQUIRIES

ROOT = Path(__file__).resolve().parent.parent
# Spelt so that this file does not name them either.
REGISTRIES = [".".join(parts) for parts in (("pypi", "org"), ("files", "pythonhosted"), ("registry", "npmjs"))] + [
    ".".join(("npmjs", "com")),
    ".".join(("crates", "io")),
    ".".join(("rubygems", "org")),
]
BINARY = {".png", ".ico", ".gz", ".br", ".woff2", ".zip", ".parquet", ".xz"}


@cache
def files() -> list[Path]:
    """Every file that is committed, or would be."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"],
        cwd=ROOT,
        capture_output=True,
        check=True,
        text=True,
    ).stdout
    return [ROOT / name for name in listed.split("\0") if name and (ROOT / name).is_file()]


def sources(*folders: str) -> list[Path]:
    inside = [ROOT / folder for folder in folders]
    return [path for path in files() if path.suffix == ".py" and any(folder in path.parents for folder in inside)]


def named(path: Path) -> str:
    return str(path.relative_to(ROOT))


def document(name: str) -> str:
    return (ROOT / "docs" / name).read_text(encoding="utf-8")


def test_no_file_names_the_host_of_a_package_registry() -> None:
    naming = [
        named(path)
        for path in files()
        if path.suffix not in BINARY
        for text in [path.read_text(encoding="utf-8", errors="replace")]
        if any(registry in text for registry in REGISTRIES)
    ]

    assert naming == []


def test_every_variable_of_the_environment_is_described() -> None:
    settings = (ROOT / "des" / "settings.py").read_text(encoding="utf-8")
    read = set(re.findall(r'(?:variable|switch|number|limits|environ\.get)\(\s*"([A-Z_]+)"', settings))
    operations = document("operations.md")

    assert len(read) > 15
    assert sorted(name for name in read if f"`{name}`" not in operations) == []


def test_every_enquiry_is_described() -> None:
    written = "".join(path.read_text(encoding="utf-8") for path in files() if path.suffix == ".md")

    assert [enquiry.slug for enquiry in ENQUIRIES if enquiry.slug not in written] == []


def test_every_data_item_has_its_word_in_the_glossary() -> None:
    glossary = document("glossary.md")

    assert [item.value for item in DataItem if f"`{item.value}`" not in glossary] == []


@pytest.mark.parametrize("excuse", ["noqa", "type: ignore", "pragma: no cover"])
def test_every_exception_has_its_reason_beside_it(excuse: str) -> None:
    excused = re.compile(rf"#\s*{excuse}(?:: [A-Z]+[0-9]+(?:, ?[A-Z]+[0-9]+)*|\[[\w,\- ]+\])?(?P<reason>.*)$")
    without = []
    for path in [*sources("des", "accounts", "tests"), ROOT / "manage.py"]:
        lines = path.read_text(encoding="utf-8").splitlines()
        for number, line in enumerate(lines):
            match = None if path == Path(__file__) else excused.search(line)
            if match and len(re.findall(r"\w+", match["reason"])) < 2 and not explained(lines[:number]):
                without.append(f"{named(path)}:{number + 1}")

    assert without == []


def explained(above: list[str]) -> bool:
    """Whether one of the last three lines is a comment."""
    return any(line.strip().startswith("#") for line in above[-3:])


def test_every_dependency_says_why_it_is_there() -> None:
    inside, without = False, []
    for line in (ROOT / "pyproject.toml").read_text(encoding="utf-8").splitlines():
        if re.match(r"(dependencies|dev) = \[", line):
            inside = True
        elif line == "]":
            inside = False
        elif inside and not re.search(r"#\s*\w", line):
            without.append(line.strip())

    assert without == []


def test_every_dependency_is_pinned_by_its_hashes() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    asked = project["project"]["dependencies"] + project["dependency-groups"]["dev"]
    names = {re.split(r"[\[<>=]", requirement)[0].lower() for requirement in asked}
    requirements = (ROOT / "requirements.txt").read_text(encoding="utf-8")
    blocks = re.findall(r"^([a-z0-9._-]+)(?:\[[^\]]+\])?==\S+.*\n((?:    --hash=sha256:\w+.*\n)+)", requirements, re.M)

    assert sorted(names - {name for name, _hashes in blocks}) == []
    assert len(blocks) == len(re.findall(r"^[a-z0-9]", requirements, re.M))


def test_no_file_is_too_long_to_read() -> None:
    long = [
        named(path)
        for path in sources("des", "accounts")
        if "migrations" not in path.parts and len(path.read_text(encoding="utf-8").splitlines()) > 400
    ]

    assert long == []


def test_no_file_is_a_drawer_for_everything() -> None:
    drawers = {"utils", "helpers", "services", "common", "misc", "util", "helper", "base"}

    assert [named(path) for path in sources("des", "accounts", "tests") if drawers & {path.stem, *path.parts}] == []


def test_every_module_opens_with_a_sentence() -> None:
    without = [
        named(path)
        for path in sources("des", "accounts")
        if "migrations" not in path.parts
        and path.name not in {"__init__.py", "apps.py"}
        and not re.match(r'(?:#!.*\n)?"""[A-Z`]', path.read_text(encoding="utf-8"))
    ]

    assert without == []


def test_nothing_is_caught_and_forgotten() -> None:
    caught = [
        f"{named(path)}:{number}"
        for path in sources("des", "accounts")
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1)
        if re.search(r"except( Base)?Exception|except:", line)
    ]

    assert caught == []
