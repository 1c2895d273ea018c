"""The demo is ready when its web server says so, over TLS too."""

import http.server
import socket
import ssl
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from des.demo import readiness, tls
from des.servers import ServerError

NOW = datetime.now(UTC)


class Health(http.server.BaseHTTPRequestHandler):
    """Ready at one path, not at any other."""

    def do_GET(self) -> None:
        self.send_response(200 if self.path == "/health/ready" else 503)
        self.end_headers()

    def log_message(self, *_arguments: object) -> None:
        """Keep quiet."""


@pytest.fixture
def server(socket_enabled: None) -> Iterator[http.server.HTTPServer]:
    with http.server.HTTPServer(("127.0.0.1", 0), Health) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def test_ready_is_an_answer_of_200(server: http.server.HTTPServer) -> None:
    port = server.server_address[1]

    assert readiness.is_ready(port=port, path="/health/ready", certificate=None)
    assert not readiness.is_ready(port=port, path="/health/other", certificate=None)


def test_nobody_there_is_not_ready(socket_enabled: None) -> None:
    with socket.socket() as deserted:
        deserted.bind(("127.0.0.1", 0))  # and does not listen

        assert not readiness.is_ready(port=deserted.getsockname()[1], path="/health/ready", certificate=None)


def test_the_self_made_certificate_is_good_for_the_address_and_kept(
    server: http.server.HTTPServer, tmp_path: Path
) -> None:
    files = tls.ensure(tmp_path, now=NOW)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(files.certificate, files.key)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    port = server.server_address[1]

    assert readiness.is_ready(port=port, path="/health/ready", certificate=files.certificate)
    assert files.key.read_text().startswith("-----BEGIN PRIVATE KEY-----")  # PKCS#8, which the web server needs
    assert files.key.stat().st_mode & 0o077 == 0


def test_a_certificate_is_kept_until_shortly_before_it_ends(tmp_path: Path) -> None:
    first = tls.ensure(tmp_path, now=NOW).certificate.read_bytes()

    assert tls.ensure(tmp_path, now=NOW + timedelta(days=300)).certificate.read_bytes() == first
    assert tls.ensure(tmp_path, now=NOW + timedelta(days=340)).certificate.read_bytes() != first


def test_a_certificate_written_half_is_made_again(tmp_path: Path) -> None:
    files = tls.ensure(tmp_path, now=NOW)
    files.certificate.write_text("-----BEGIN")

    assert tls.ensure(tmp_path, now=NOW).certificate.read_text().endswith("-----END CERTIFICATE-----\n")


def test_waiting_ends_when_it_is_ready(tmp_path: Path) -> None:
    answers = iter([False, True])
    looked: list[bool] = []

    readiness.wait(lambda: next(answers), meanwhile=lambda: looked.append(True), log=tmp_path)

    assert looked == [True]


def test_waiting_ends_with_a_plain_message_when_it_never_is(tmp_path: Path) -> None:
    with pytest.raises(ServerError, match="The portal is not ready after 0 seconds"):
        readiness.wait(lambda: False, meanwhile=lambda: None, log=tmp_path, within=0)
