"""An HTTP server on 127.0.0.1 that behaves as badly as it is asked to, and counts the bytes that it sends."""

import re
import threading
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

STALL_S = 2.0  # longer than any patience in tests
PAGE = b"<!DOCTYPE html><html><body>Please log in to the network.</body></html>"


@dataclass
class Server:
    """`manners` of a path are used up one per request; the last one stays."""

    files: dict[str, bytes] = field(default_factory=dict)
    manners: dict[str, list["Manner"]] = field(default_factory=dict)
    sent: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    requests: list[tuple[str, str]] = field(default_factory=list)  # path and Range
    port: int = 0
    ended: threading.Event = field(default_factory=threading.Event)

    def url(self, path: str) -> str:
        return f"http://127.0.0.1:{self.port}{path}"

    def manner(self, path: str) -> "Manner":
        waiting = self.manners.get(path, [serve])
        return waiting.pop(0) if len(waiting) > 1 else waiting[0]


@dataclass
class Answer:
    """One request and the means to answer it."""

    handler: BaseHTTPRequestHandler
    server: Server
    path: str
    content: bytes

    @property
    def etag(self) -> str:
        return f'"{hash(self.content) & 0xFFFFFFFF:x}"'

    @property
    def offset(self) -> int:
        """Where the answer begins: 0 without Range, or where If-Range names another file."""
        match = re.fullmatch(r"bytes=(\d+)-", self.handler.headers.get("Range", ""))
        same = self.handler.headers.get("If-Range", self.etag) == self.etag
        return int(match[1]) if match and same else 0

    def head(self, status: int, **headers: object) -> None:
        self.handler.send_response(status)
        for name, value in headers.items():
            self.handler.send_header(name.replace("_", "-"), str(value))
        self.handler.end_headers()

    def body(self, content: bytes) -> None:
        self.server.sent[self.path] += len(content)
        self.handler.wfile.write(content)
        self.handler.wfile.flush()

    def begin(self, start: int, *, tagged: bool = True) -> None:
        """The head of an answer from `start` on."""
        size = len(self.content)
        headers: dict[str, object] = {"Content_Length": size - start, "Content_Type": "application/gzip"}
        if tagged:
            headers["ETag"] = self.etag
        if start:
            headers["Content_Range"] = f"bytes {start}-{size - 1}/{size}"
        self.head(206 if start else 200, **headers)


Manner = Callable[[Answer], None]


def serve(answer: Answer) -> None:
    start = answer.offset
    answer.begin(start)
    answer.body(answer.content[start:])


def untagged(answer: Answer) -> None:
    start = answer.offset
    answer.begin(start, tagged=False)
    answer.body(answer.content[start:])


def cut(size: int, *, tagged: bool = True) -> Manner:
    def manner(answer: Answer) -> None:
        start = answer.offset
        answer.begin(start, tagged=tagged)
        answer.body(answer.content[start : start + size])

    return manner


def reset(answer: Answer) -> None:
    """Nothing is answered at all."""


def stall(size: int) -> Manner:
    def manner(answer: Answer) -> None:
        cut(size)(answer)
        answer.server.ended.wait(STALL_S)

    return manner


def mute(answer: Answer) -> None:
    """The connection stays open, and silent."""
    answer.server.ended.wait(STALL_S)


def drip(answer: Answer) -> None:
    """A byte now and then, so that no read ever times out."""
    start = answer.offset
    answer.begin(start)
    for index in range(start, min(start + 60, len(answer.content))):
        answer.body(answer.content[index : index + 1])
        if answer.server.ended.wait(0.03):
            return


def ignore_range(answer: Answer) -> None:
    answer.begin(0)
    answer.body(answer.content)


def ignore_range_and_cut(size: int) -> Manner:
    def manner(answer: Answer) -> None:
        answer.begin(0)
        answer.body(answer.content[:size])

    return manner


def other_range(answer: Answer) -> None:
    size = len(answer.content)
    answer.head(206, Content_Length=10, Content_Range=f"bytes {size - 10}-{size - 1}/{size}")
    answer.body(answer.content[-10:])


def unsatisfiable(answer: Answer) -> None:
    answer.head(416, Content_Range=f"bytes */{len(answer.content)}", Content_Length=0)


def status(code: int, **headers: object) -> Manner:
    def manner(answer: Answer) -> None:
        answer.head(code, Content_Length=len(PAGE), Content_Type="text/html", **headers)
        answer.body(PAGE)

    return manner


def page(answer: Answer) -> None:
    answer.head(200, Content_Length=len(PAGE), Content_Type="text/html; charset=utf-8")
    answer.body(PAGE)


def disguised_page(answer: Answer) -> None:
    """A web page with the wrong type and no length."""
    answer.head(200, Content_Type="application/octet-stream")
    answer.body(PAGE)


def other(content: bytes, *, tagged: bool = True) -> Manner:
    """Another file than the one that is wanted."""

    def manner(answer: Answer) -> None:
        changed = Answer(answer.handler, answer.server, answer.path, content)
        (serve if tagged else untagged)(changed)

    return manner


def endless(answer: Answer) -> None:
    """More than the file, and no length."""
    answer.head(200, Content_Type="application/gzip")
    answer.body(answer.content + b"more")


def encoded(answer: Answer) -> None:
    """Some servers call the packing of a .tar.gz an encoding of its transport."""
    start = answer.offset
    headers = {"Content_Range": f"bytes {start}-{len(answer.content) - 1}/{len(answer.content)}"} if start else {}
    answer.head(206 if start else 200, Content_Length=len(answer.content) - start, Content_Encoding="x-gzip", **headers)
    answer.body(answer.content[start:])


def redirect(target: str) -> Manner:
    def manner(answer: Answer) -> None:
        answer.head(302, Location=target, Content_Length=0)

    return manner


@contextmanager
def serving(**files: bytes) -> Iterator[Server]:
    """A running server; `files` by name."""
    server = Server({f"/{name}": content for name, content in files.items()})

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            path = re.sub(r"^http://[^/]+", "", self.path)
            server.requests.append((self.path, self.headers.get("Range", "")))
            answer = Answer(self, server, path, server.files.get(path, b""))
            manner = server.manner(path) if path in server.files else status(404)
            with suppress(BrokenPipeError, ConnectionResetError):
                manner(answer)
            self.close_connection = True

        def log_message(self, *arguments: object) -> None:
            """Tests need no log."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as service:
        service.daemon_threads = True
        service.block_on_close = False
        server.port = service.server_address[1]
        thread = threading.Thread(target=service.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        try:
            yield server
        finally:
            server.ended.set()
            service.shutdown()
            thread.join()
