"""Ask a web server whether it is ready."""

import http.client
import ssl
import time
from collections.abc import Callable
from pathlib import Path

from des.servers import ServerError

WITHIN = 60  # seconds


def is_ready(*, port: int, path: str, certificate: Path | None) -> bool:
    """Tell whether the server on this machine answers 200."""
    connection: http.client.HTTPConnection
    if certificate:
        trust = ssl.create_default_context(cafile=certificate)
        connection = http.client.HTTPSConnection("127.0.0.1", port, timeout=5, context=trust)
    else:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", path, headers={"Host": "localhost"})
        return connection.getresponse().status == http.HTTPStatus.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def wait(ready: Callable[[], bool], *, meanwhile: Callable[[], None], log: Path, within: float = WITHIN) -> None:
    """Wait until the server is ready, doing `meanwhile` at each look."""
    deadline = time.monotonic() + within
    while not ready():
        meanwhile()
        if time.monotonic() > deadline:
            raise ServerError(f"The portal is not ready after {within:.0f} seconds. The last lines of {log} say why.")
        time.sleep(0.2)
