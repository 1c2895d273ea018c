"""The committed assets are what the recipe makes, carry their licences, ask nothing of other hosts, and can be read."""

import hashlib
import json
import re
from pathlib import Path

import pytest

STATIC = Path(__file__).resolve().parents[3] / "static"
MANIFEST = json.loads((STATIC / "src/manifest.json").read_text())
SHIPPED = sorted(path for path in STATIC.rglob("*") if path.suffix in {".css", ".js", ".svg"})
VENDORED = sorted(path for path in (STATIC / "vendor").iterdir() if path.is_dir())
NAMESPACES = re.compile(r"http://www\.w3\.org/\d{4}/(svg|xlink)")


def names_below(folder: Path) -> set[str]:
    return {path.relative_to(STATIC).as_posix() for path in folder.rglob("*") if path.is_file()}


@pytest.mark.parametrize(("name", "digest"), [*MANIFEST["inputs"].items(), *MANIFEST["outputs"].items()])
def test_file_is_the_one_of_the_last_build(name: str, digest: str) -> None:
    assert hashlib.sha256((STATIC / name).read_bytes()).hexdigest() == digest, "Run static/src/build.sh."


def test_manifest_lists_every_source_and_every_product() -> None:
    assert set(MANIFEST["inputs"]) == names_below(STATIC / "src") - {"src/manifest.json"}
    assert set(MANIFEST["outputs"]) == names_below(STATIC / "vendor") | {"css/app.css"}


def test_versions_are_pinned_exactly() -> None:
    versions = json.loads((STATIC / "src/package.json").read_text())["dependencies"]
    assert all(re.fullmatch(r"\d+\.\d+\.\d+", version) for version in versions.values())


@pytest.mark.parametrize("folder", VENDORED, ids=lambda folder: folder.name)
def test_vendored_package_has_licence_and_version(folder: Path) -> None:
    version = (folder / "VERSION").read_text().strip()
    assert folder.name.endswith(f"-{version}")
    assert "Permission is hereby granted" in (folder / "LICENSE").read_text()


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.name)
def test_asset_is_free_of_government_marks(path: Path) -> None:
    assert not re.search(r"crown|gds[ -]?transport", path.read_text(), re.IGNORECASE)


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.name)
def test_asset_asks_nothing_of_another_host(path: Path) -> None:
    text = NAMESPACES.sub("", path.read_text())
    # The print style names the scheme in a selector; nothing may follow it.
    assert not re.search(
        r"(https?:)?//[a-z0-9-]+(\.[a-z0-9-]+)+/?", text.replace('"http://"', "").replace('"https://"', "")
    )
    assert "sourceMappingURL" not in text


def test_style_sheet_loads_nothing() -> None:
    css = (STATIC / "css/app.css").read_text()
    assert not re.search(r"url\(|@import|@font-face", css)


# -- colours -----------------------------------------------------------------------------------------------------------


def colours(scheme: str) -> dict[str, str]:
    """The custom properties of the compiled style sheet as a light or a dark screen sees them."""
    css = (STATIC / "css/app.css").read_text()
    dark = re.search(r"@media screen and \(prefers-color-scheme: ?dark\)\{:root\{(.*?)\}\}", css)
    assert dark
    blocks = re.findall(r":root\{([^}]*)\}", re.sub(r"@media[^{]*\{:root\{[^}]*\}\}", "", css))
    if scheme == "dark":
        blocks.append(dark[1])
    return {name: value for block in blocks for name, value in re.findall(r"--([\w-]+): ?(#[0-9a-f]{3,6})\b", block)}


def luminance(colour: str) -> float:
    digits = colour.lstrip("#")
    if len(digits) == 3:
        digits = "".join(digit * 2 for digit in digits)
    parts = [int(digits[at : at + 2], 16) / 255 for at in (0, 2, 4)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


PAGE, ROW, PANEL = "govuk-body-background-colour", "app-row-hover", "app-panel"
SURFACE, FOOT = "govuk-surface-background-colour", "govuk-template-background-colour"
TEXT_ON = [
    *[("govuk-text-colour", ground) for ground in (PAGE, ROW, PANEL, FOOT)],
    *[("govuk-secondary-text-colour", ground) for ground in (PAGE, ROW, PANEL, FOOT)],
    *[("govuk-link-colour", ground) for ground in (PAGE, ROW, PANEL, SURFACE, FOOT)],
    *[("govuk-link-hover-colour", ground) for ground in (PAGE, ROW, SURFACE, FOOT)],
    *[("govuk-link-visited-colour", ground) for ground in (PAGE, ROW)],
    *[("govuk-error-colour", ground) for ground in (PAGE, PANEL)],
    *[("app-muted", ground) for ground in (PAGE, ROW, "app-field")],
    ("govuk-surface-text-colour", SURFACE),
    ("govuk-focus-text-colour", "govuk-focus-colour"),
    ("app-field-text", "app-field"),
    ("app-header-text", "app-header"),
    ("app-button-text", "app-button"),
    ("app-button-text", "app-button-hover"),
    ("app-danger-text", "app-danger"),
    ("app-danger-text", "app-danger-hover"),
    ("app-secondary-text", "app-secondary"),
    ("app-secondary-text", "app-secondary-hover"),
    *[(f"app-{hue}-text", f"app-{hue}") for hue in ("green", "grey", "red", "blue", "amber")],
]
SHAPES_ON = [
    ("govuk-input-border-colour", PAGE),
    ("govuk-input-border-colour", PANEL),
    ("govuk-error-colour", PANEL),
    ("app-button", PAGE),
    ("app-danger", PAGE),
    ("app-button", PANEL),
]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(("text", "ground"), TEXT_ON)
def test_text_can_be_read_on_its_ground(scheme: str, text: str, ground: str) -> None:
    palette = colours(scheme)
    assert contrast(palette[text], palette[ground]) >= 4.5


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(("shape", "ground"), SHAPES_ON)
def test_shape_can_be_seen_on_its_ground(scheme: str, shape: str, ground: str) -> None:
    palette = colours(scheme)
    assert contrast(palette[shape], palette[ground]) >= 3


def test_dark_colours_are_defined_for_every_light_one() -> None:
    palette = (STATIC / "src/_palette.scss").read_text()
    light, dark = (set(re.findall(r'"([\w-]+)":', part)) for part in palette.split("$dark")[:2])
    assert light <= dark
