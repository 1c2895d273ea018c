"""Where a request came from, for what is recorded of it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Origin:
    """The network address (none where unknown), what the browser calls itself, and the id of the request."""

    address: str | None = None
    user_agent: str = ""
    request_id: str = ""


# What the service does by itself, in a task or a command.
SERVICE = Origin()
