"""Servers on this machine that stand for those of others: an HTTP gateway, and a mail server."""

import json
import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, TypeVar

Server = TypeVar("Server", bound=socketserver.TCPServer)
# Longer than any test waits; a test that forgets to release ends all the same.
HELD_SECONDS = 30


@dataclass
class Answer:
    """What the gateway says to one request, and whether it lets the sender wait until it is released."""

    status: int = 200
    body: str = ""
    headers: dict[str, str] = field(default_factory=dict)
    held: bool = False


class Gateway(ThreadingHTTPServer):
    """Takes messages by POST and answers as told; one that it has seen before, by reference, it does not send twice."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _GatewayHandler)
        self.asked: list[dict[str, Any]] = []
        self.paths: list[str] = []
        self.sent: dict[str, dict[str, Any]] = {}
        self.answers: list[Answer] = []
        self.usual = Answer(body='{"code": "OK"}')
        self.release = threading.Event()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/send"


class _GatewayHandler(BaseHTTPRequestHandler):
    server: Gateway

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        gateway = self.server
        gateway.asked.append(body)
        gateway.paths.append(self.path)
        answer = gateway.answers.pop(0) if gateway.answers else gateway.usual
        if answer.status == 200:
            gateway.sent.setdefault(body.get("reference", ""), body)
        if answer.held:
            gateway.release.wait(HELD_SECONDS)
        try:
            self.send_response(answer.status)
            for name, value in answer.headers.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(answer.body.encode())
        except OSError:
            """Nobody waits for the answer any more."""

    def log_message(self, *args: Any) -> None:
        """Say nothing."""


class MailServer(socketserver.ThreadingTCPServer):
    """As much SMTP as a client needs to hand over mail; refuses recipients with a reply of its own."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _MailHandler)
        self.mails: list[str] = []
        self.reply_to_recipient = "250 ok"

    @property
    def port(self) -> int:
        return int(self.server_address[1])


class _MailHandler(socketserver.StreamRequestHandler):
    server: MailServer

    def handle(self) -> None:
        self._say("220 here")
        for line in self.rfile:
            word = line.decode().split(" ")[0].strip().upper()
            if word == "DATA":
                self._say("354 go on")
                self.server.mails.append(self._text())
            self._say(self.server.reply_to_recipient if word == "RCPT" else "250 ok")
            if word == "QUIT":
                return

    def _text(self) -> str:
        return "".join(iter(lambda: self.rfile.readline().decode(), ".\r\n"))

    def _say(self, line: str) -> None:
        self.wfile.write(f"{line}\r\n".encode())


@contextmanager
def serving(server: Server) -> Iterator[Server]:
    """Serve in a thread while the block runs."""
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
