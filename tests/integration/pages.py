"""Reads a page as a person does: its heading, its values by label, its tables by heading."""

from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any


@dataclass
class Page:
    heading: str = ""
    values: dict[str, str] = field(default_factory=dict)  # label → text of a summary list
    rows: list[dict[str, str]] = field(default_factory=list)  # label → text of each row of a table
    links: dict[str, str] = field(default_factory=dict)  # text → address
    hidden: dict[str, str] = field(default_factory=dict)  # name → value of hidden fields


class Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.page = Page()
        self.text: list[str] = []
        self.label = ""
        self.address = ""
        self.link: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = {name: value or "" for name, value in attrs}
        if tag in {"h1", "dt", "dd"}:
            self.text = []
        elif tag == "tr":
            self.page.rows.append({})
        elif tag in {"td", "th"}:
            self.text, self.label = [], attributes.get("data-label", "")
        elif tag == "a":
            self.link, self.address = [], attributes.get("href", "")
        elif tag == "input" and attributes.get("type") == "hidden":
            self.page.hidden[attributes["name"]] = attributes.get("value", "")

    def handle_endtag(self, tag: str) -> None:
        said = " ".join("".join(self.text).split())
        if tag == "h1":
            self.page.heading = said
        elif tag == "dt":
            self.label = said
        elif tag == "dd":
            self.page.values.setdefault(self.label, said)
        elif tag in {"td", "th"} and self.label:
            self.page.rows[-1][self.label] = said
        elif tag == "a":
            self.page.links[" ".join("".join(self.link).split())] = self.address

    def handle_data(self, data: str) -> None:
        self.text.append(data)
        self.link.append(data)


def read(response: Any) -> Page:
    """The page of an answer."""
    reader = Reader()
    reader.feed(response.content.decode())
    reader.page.rows = [row for row in reader.page.rows if row]
    return reader.page
