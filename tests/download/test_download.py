"""Downloads end in a verified file or in a clear error, whatever the server does."""

import errno
import hashlib
import logging
import os
import random
import re
import shutil
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from torchaudio.datasets import librispeech as torchaudio_librispeech

import server as servers
from phonotopy.core.errors import InputError
from phonotopy.download import download, http
from phonotopy.download.catalogue import Source, read_catalogue, select, write_receipt
from phonotopy.download.download import Patience, cached, fetch, missing_bytes, present
from server import Server, serving

ROOT = Path(__file__).parents[2]
CONTENT = random.Random(0).randbytes(300_000)
OTHER = random.Random(1).randbytes(300_000)
QUICK = Patience(attempts=3, stall_s=0.15, first_wait_s=0.005, longest_wait_s=0.01)


def source(server: Server, *paths: str, content: bytes = CONTENT) -> Source:
    checksum = "sha256:" + hashlib.sha256(content).hexdigest()
    first, *others = [server.url(path) for path in paths or ("/a.tar.gz",)]
    return Source("a", "speech", first, tuple(others), len(content), checksum, "CC0")


@pytest.fixture
def server():
    with serving(**{"a.tar.gz": CONTENT, "b.tar.gz": CONTENT}) as running:
        yield running


def ended(wanted: Source, cache: Path) -> str:
    """`verified` or the message of the error; anything else, or half a file, fails."""
    target = cached(wanted, cache)
    try:
        assert fetch(wanted, cache, QUICK) == target
    except InputError as error:
        assert not target.exists()
        assert error.found and error.expected and error.advice
        return str(error)
    assert target.read_bytes() == CONTENT
    assert [path.name for path in cache.iterdir() if ".part" in path.name] == []
    return "verified"


MANNERS = {
    "serves": servers.serve,
    "names no version": servers.untagged,
    "cuts": servers.cut(70_000),
    "cuts and names no version": servers.cut(70_000, tagged=False),
    "cuts at once": servers.cut(0),
    "resets": servers.reset,
    "stalls": servers.stall(50_000),
    "is mute": servers.mute,
    "drips": servers.drip,
    "ignores Range": servers.ignore_range,
    "ignores Range and cuts": servers.ignore_range_and_cut(90_000),
    "answers another range": servers.other_range,
    "has no more bytes": servers.unsatisfiable,
    "404": servers.status(404),
    "403": servers.status(403),
    "429": servers.status(429, Retry_After=0),
    "500": servers.status(500),
    "503": servers.status(503),
    "web page": servers.page,
    "disguised web page": servers.disguised_page,
    "wrong file": servers.other(OTHER),
    "wrong file, no version": servers.other(OTHER, tagged=False),
    "shorter file": servers.other(OTHER[:-1]),
    "longer file": servers.other(OTHER + b"x"),
    "endless": servers.endless,
    "calls the packing an encoding": servers.encoded,
}
GOOD = {"serves", "names no version", "ignores Range", "calls the packing an encoding"}
ENOUGH_IN_PARTS = {"cuts", "cuts and names no version", "stalls"}
FATAL = {  # what the address offers is not the file: it is not asked again
    "404": "status 404",
    "403": "status 403",
    "web page": "web page",
    "disguised web page": "web page",
    "wrong file": "another checksum",
    "wrong file, no version": "another checksum",
    "shorter file": "299999 bytes instead of 300000",
    "longer file": "300001 bytes instead of 300000",
    "endless": "more than 300000 bytes",
    "answers another range": "another range",
}


@pytest.mark.slow
@pytest.mark.parametrize("name", MANNERS)
def test_a_server_that_never_changes(server: Server, tmp_path: Path, name: str) -> None:
    server.manners["/a.tar.gz"] = [MANNERS[name]]
    end = ended(source(server), tmp_path)
    if name in GOOD | ENOUGH_IN_PARTS:
        assert end == "verified"
    else:
        assert FATAL.get(name, "") in end
        assert "next step: check the network" in end
        progress = name == "ignores Range and cuts"  # once, in the first round
        assert len(server.requests) == (1 if name in FATAL else QUICK.attempts + progress)


@pytest.mark.slow
@pytest.mark.parametrize("name", MANNERS)
def test_a_server_that_recovers_or_has_a_mirror(server: Server, tmp_path: Path, name: str) -> None:
    server.manners["/a.tar.gz"] = [MANNERS[name], servers.serve]
    end = ended(source(server), tmp_path / "alone")
    assert (end == "verified") != (name in FATAL)
    server.manners["/a.tar.gz"] = [MANNERS[name]]
    assert ended(source(server, "/a.tar.gz", "/b.tar.gz"), tmp_path / "mirrored") == "verified"


def test_bytes_that_are_there_are_not_fetched_again(server: Server, tmp_path: Path) -> None:
    server.manners["/a.tar.gz"] = [servers.cut(100_000), servers.status(503), servers.cut(50_000), servers.serve]
    assert ended(source(server), tmp_path) == "verified"
    pages = len(servers.PAGE)
    assert server.sent["/a.tar.gz"] == len(CONTENT) + pages
    assert [asked for _, asked in server.requests] == ["", "bytes=100000-", "bytes=100000-", "bytes=150000-"]


def test_a_mirror_goes_on_where_the_first_address_stopped(server: Server, tmp_path: Path) -> None:
    server.manners["/a.tar.gz"] = [servers.cut(100_000), servers.status(404)]
    assert ended(source(server, "/a.tar.gz", "/b.tar.gz"), tmp_path) == "verified"
    assert (server.sent["/a.tar.gz"], server.sent["/b.tar.gz"]) == (100_000, 200_000)


def test_a_later_run_goes_on_and_a_whole_file_is_not_asked_for(server: Server, tmp_path: Path) -> None:
    server.manners["/a.tar.gz"] = [servers.cut(200_000), servers.status(503)]
    assert "200000 bytes that are here" in ended(source(server), tmp_path)
    assert missing_bytes(source(server), tmp_path) == 100_000
    server.manners["/a.tar.gz"] = [servers.serve]
    assert ended(source(server), tmp_path) == "verified"
    assert server.sent["/a.tar.gz"] == len(CONTENT) + QUICK.attempts * len(servers.PAGE)
    asked = len(server.requests)
    assert ended(source(server), tmp_path) == "verified"
    assert len(server.requests) == asked
    assert missing_bytes(source(server), tmp_path) == 0


@pytest.mark.parametrize("tagged", [True, False])
@pytest.mark.parametrize("obeys", [True, False])
def test_a_file_that_changes_between_parts(server: Server, tmp_path: Path, tagged: bool, obeys: bool) -> None:
    """The first part is of an older file, the rest of the one that is wanted; If-Range may be obeyed or not."""

    def older(answer: servers.Answer) -> None:
        old = servers.Answer(answer.handler, answer.server, answer.path, OTHER)
        servers.cut(100_000, tagged=tagged)(old)

    def newer(answer: servers.Answer) -> None:
        if not obeys:
            del answer.handler.headers["If-Range"]
        (servers.serve if tagged else servers.untagged)(answer)

    server.manners["/a.tar.gz"] = [older, newer]
    assert ended(source(server), tmp_path) == "verified"


def test_redirects_are_followed_and_loops_end(server: Server, tmp_path: Path) -> None:
    server.manners["/a.tar.gz"] = [servers.redirect("/b.tar.gz")]
    assert ended(source(server), tmp_path) == "verified"
    server.manners["/a.tar.gz"] = [servers.redirect("/a.tar.gz")]
    assert "Exceeded" in ended(source(server), tmp_path / "loop")


def test_no_network(tmp_path: Path) -> None:
    with serving() as server:
        wanted = source(server)
    end = ended(wanted, tmp_path)
    assert "no connection" in end
    assert "proxy" in end


def test_a_damaged_file_in_the_cache_is_fetched_again(server: Server, tmp_path: Path) -> None:
    cached(source(server), tmp_path).write_bytes(OTHER)
    assert ended(source(server), tmp_path) == "verified"


def test_a_damaged_part_or_note_is_no_harm(server: Server, tmp_path: Path) -> None:
    target = cached(source(server), tmp_path)
    part = target.with_name(f".{target.name}.part")
    for size in (1000, len(CONTENT), len(CONTENT) + 5):
        part.write_bytes(OTHER.ljust(size, b"x")[:size])
        part.with_name(f"{part.name}.json").write_text("{half a no")
        assert ended(source(server), tmp_path) == "verified"
        target.unlink()


def test_the_proxy_of_the_environment_is_used(server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", server.url(""))
    monkeypatch.delenv("no_proxy", raising=False)
    monkeypatch.delenv("NO_PROXY", raising=False)
    wanted = source(server)
    far = Source(**{**vars(wanted), "url": "http://corpora.invalid/a.tar.gz"})
    assert ended(far, tmp_path) == "verified"
    assert server.requests[0][0] == "http://corpora.invalid/a.tar.gz"


def test_servers_are_given_the_time_they_ask_for(server: Server, tmp_path: Path, monkeypatch) -> None:
    waits: list[float] = []
    monkeypatch.setattr(download.time, "sleep", waits.append)
    server.manners["/a.tar.gz"] = [
        servers.status(503, Retry_After=7),
        servers.status(503, Retry_After=10**6),
        servers.serve,
    ]
    assert ended(source(server), tmp_path) == "verified"
    assert waits == [7, http.LONGEST_WAIT_S]


def test_waits_double_to_their_limit() -> None:
    patience = Patience(first_wait_s=1, longest_wait_s=20)
    for idle, expected in enumerate([1, 2, 4, 8, 16, 20, 20]):
        assert 0.75 * expected <= patience.wait_s(idle) <= 1.25 * expected


def test_too_little_room_is_reported_before_the_first_byte(server: Server, tmp_path: Path, monkeypatch) -> None:
    usage = shutil._ntuple_diskusage(1 << 40, 0, 1000)
    monkeypatch.setattr(shutil, "disk_usage", lambda path: usage)
    assert "room for 0.00 GB of a" in ended(source(server), tmp_path)
    assert server.requests == []


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT, errno.EACCES, errno.EROFS])
def test_a_disk_that_refuses(server: Server, tmp_path: Path, monkeypatch, number: int) -> None:
    opened = Path.open

    class Full:
        def __init__(self, stream) -> None:
            self.stream = stream

        def __enter__(self):
            return self

        def __exit__(self, *error) -> None:
            self.stream.close()

        def seek(self, position: int) -> None:
            self.stream.seek(position)

        def write(self, block: bytes) -> None:
            self.stream.write(block[:1000])
            raise OSError(number, os.strerror(number))

    def half(path: Path, mode: str = "r", *rest, **options):
        stream = opened(path, mode, *rest, **options)
        return Full(stream) if mode == "r+b" else stream

    monkeypatch.setattr(Path, "open", half)
    end = ended(source(server), tmp_path)
    assert end.startswith("corpus.librispeech.cache: ")
    assert os.strerror(number) in end
    monkeypatch.setattr(Path, "open", opened)
    assert ended(source(server), tmp_path) == "verified"
    assert server.requests[-1][1] == "bytes=1000-"


def test_a_cache_that_is_no_folder(server: Server, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(InputError, match=r"corpus\.librispeech\.cache: .* cannot be written: Not a directory"):
        fetch(source(server), tmp_path / "file" / "cache", QUICK)


def test_two_runs_share_one_download(server: Server, tmp_path: Path) -> None:
    server.manners["/a.tar.gz"] = [servers.stall(100_000), servers.serve]
    ends: list[str] = []
    runs = [threading.Thread(target=lambda: ends.append(ended(source(server), tmp_path))) for _ in range(3)]
    for run in runs:
        run.start()
    for run in runs:
        run.join()
    assert ends == ["verified"] * 3
    assert server.sent["/a.tar.gz"] == len(CONTENT)


def test_a_killed_run_leaves_a_part_that_the_next_one_takes_up(server: Server, tmp_path: Path) -> None:
    server.manners["/a.tar.gz"] = [servers.stall(200_000), servers.serve]
    wanted = source(server)
    code = (
        "import sys; sys.path.insert(0, 'workflow/scripts')\n"
        "from phonotopy.download.download import *\nfrom phonotopy.download.catalogue import Source\n"
        f"fetch({wanted!r}, {str(tmp_path)!r}, Patience())"
    )
    run = subprocess.Popen([sys.executable, "-c", code], cwd=ROOT)
    part = cached(wanted, tmp_path).with_name(f".{cached(wanted, tmp_path).name}.part")
    deadline = time.monotonic() + 20
    while not (part.exists() and part.stat().st_size) and time.monotonic() < deadline:
        time.sleep(0.02)
    time.sleep(0.1)
    run.send_signal(signal.SIGKILL)
    run.wait()
    there = part.stat().st_size
    assert 0 < there <= 200_000
    assert ended(wanted, tmp_path) == "verified"
    assert server.requests[-1][1] == f"bytes={there}-"


def test_progress_is_reported(server: Server, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    fetch(source(server), tmp_path, QUICK)
    messages = [record.getMessage() for record in caplog.records]
    assert any(re.fullmatch(r"megabyte 1/1: a, [0-9.]+ MB/s, 0 s left", line) for line in messages)
    assert messages[-1].startswith("a: whole and verified, ")


def chance(folder: Path, number: int) -> dict[str, int]:
    """How many runs end how, of `number` pairs of addresses with manners in a random order and three runs each."""
    names = sorted(MANNERS.keys() - {"is mute", "drips", "stalls"})  # these take their time
    ends = {"verified": 0, "error": 0}
    for seed in range(number):
        draw = random.Random(seed)
        with serving(**{"a.tar.gz": CONTENT, "b.tar.gz": CONTENT}) as server:
            for path in server.files:
                server.manners[path] = [MANNERS[name] for name in draw.choices(names, k=4)]
            for _ in range(3):
                end = ended(source(server, *server.files), folder / str(seed))
                ends["verified" if end == "verified" else "error"] += 1
        shutil.rmtree(folder / str(seed))
    return ends


@pytest.mark.slow
def test_servers_of_chance(tmp_path: Path) -> None:
    ends = chance(tmp_path, 60)
    print(ends)
    assert sum(ends.values()) == 180
    assert min(ends.values()) > 10


# The table of sources


def test_the_table_is_in_step_with_torchaudio() -> None:
    catalogue = read_catalogue(ROOT / "resources" / "corpora.tsv")
    published = {
        Path(url).name.removesuffix(".tar.gz"): (url, sha) for url, sha in torchaudio_librispeech._CHECKSUMS.items()
    }
    assert catalogue.keys() >= published.keys()
    for name, (url, digits) in published.items():
        assert catalogue[name].checksum == f"sha256:{digits}"
        assert catalogue[name].url.partition("://")[2] == url.partition("://")[2]
    assert catalogue["test-clean"].bytes == 346_663_984
    alignments = catalogue["alignments"]
    assert (alignments.bytes, alignments.checksum) == (623_023_332, "md5:2bab567d0ace651a4ba254e813629f46")
    assert len({source.file for source in catalogue.values()}) == len(catalogue)
    assert all(source.licence and source.mirrors for source in catalogue.values())


@pytest.mark.parametrize(
    ("change", "found"),
    [
        ({"checksum": "unknown"}, "checksum 'unknown'"),
        ({"checksum": "sha256:abc"}, "checksum 'sha256:abc'"),
        ({"bytes": "0"}, "0 bytes"),
        ({"bytes": "many"}, "invalid literal"),
        ({"kind": "music"}, "kind 'music'"),
        ({"name": "../x"}, "no file name"),
        ({"url": "file:///etc/passwd"}, "address 'file"),
        ({"mirrors": "https://example.org/"}, "address 'https://example.org/'"),
    ],
)
def test_rows_that_could_not_be_verified_are_refused(tmp_path: Path, change: dict[str, str], found: str) -> None:
    row = {"name": "a", "kind": "speech", "url": "http://x.org/a.zip", "mirrors": "", "bytes": "1"}
    row |= {"checksum": "md5:" + 32 * "0", "licence": "CC0"} | change
    path = tmp_path / "corpora.tsv"
    path.write_text("\t".join(row) + "\n" + "\t".join(row.values()) + "\n")
    with pytest.raises(InputError) as caught:
        read_catalogue(path)
    assert found in str(caught.value)


def test_sources_by_name(tmp_path: Path) -> None:
    catalogue = read_catalogue(ROOT / "resources" / "corpora.tsv")
    assert [source.name for source in select(catalogue, ["dev-other"], "speech", "x")] == ["dev-other"]
    for name, kind in [("dev-more", "speech"), ("alignments", "speech")]:
        with pytest.raises(InputError, match=f"x: no source '{name}'"):
            select(catalogue, [name], kind, "x")
    write_receipt(tmp_path / "receipt.tsv", catalogue["dev-clean"])
    assert read_catalogue(tmp_path / "receipt.tsv") == {"dev-clean": catalogue["dev-clean"]}
    with pytest.raises(InputError, match="does not exist"):
        read_catalogue(tmp_path / "none.tsv")


def test_an_archive_that_left_the_cache(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="is gone"):
        present(tmp_path / "a.tar.gz")
    (tmp_path / "a.tar.gz").write_bytes(b"")
    assert present(tmp_path / "a.tar.gz") == tmp_path / "a.tar.gz"
