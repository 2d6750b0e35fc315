"""LibriSpeech as it is published, made small from synthetic speech, from a server to figures."""

import hashlib
import io
import random
import re
import subprocess
import sys
import tarfile
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
import soundfile

import server as servers
from phonotopy.alignment import pocketsphinx
from phonotopy.annotation.textgrid import write_textgrid
from phonotopy.audio.waveform import read_mono
from phonotopy.core.errors import InputError
from phonotopy.corpus import librispeech
from phonotopy.corpus.sentences import read_grammar
from phonotopy.corpus.synthesise import synthesise
from phonotopy.corpus.utterances import Exclusion, Utterance
from phonotopy.corpus.voices import choose_voices, read_voices
from phonotopy.download import unpack
from preflight import disk, downloads
from running import ROOT, checkout, planned, rows, snakemake
from server import Server, serving

__all__ = ["checkout"]  # a fixture of the workflow's own tests

MINUTES = {"train": 0.8, "dev": 0.25, "test": 1.0}
VOICES = {"train": 2, "dev": 1, "test": 3}
LACKING = 5  # every fifth utterance has no published alignment


@dataclass
class Published:
    """Archives by name, and what is in them."""

    archives: dict[str, bytes]
    utterances: dict[str, Utterance]  # by published name
    lacking: set[str]
    unreadable: str
    unnumbered: str


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Published:
    """Three archives and the alignments of most of their utterances."""
    folder = tmp_path_factory.mktemp("speech")
    voices = choose_voices(read_voices(ROOT / "resources" / "voices.tsv"), VOICES)
    speeches = synthesise(read_grammar(ROOT / "resources" / "grammar.tsv"), voices, folder / "audio", MINUTES, 1, 2)
    number = {voice.speaker: 100 + index for index, voice in enumerate(voices)}
    said = {}
    for index, speech in enumerate(speeches):
        own = speech.utterance
        said[f"{number[own.speaker]}-{7 + index % 2}-{index:04d}"] = own
    audio = {name: (folder / own.audio).read_bytes() for name, own in said.items()}
    packed = {f"tiny-{split}.tar.gz": speech_archive(split, said, audio) for split in MINUTES}
    lacking = {name for index, name in enumerate(said) if index % LACKING == 0}
    grids = textgrids(folder, {name: own for name, own in said.items() if name not in lacking})
    unreadable, unnumbered = sorted(grids)[:2]
    grids[unreadable] = grids[unreadable][: len(grids[unreadable]) // 2]
    grids[unnumbered] = re.sub(r"intervals \[3\]", "intervals []", grids[unnumbered], count=1)
    grids["999-9-0000"] = grids[unnumbered]
    packed["alignments.zip"] = alignments_archive(grids)
    return Published(packed, said, lacking, unreadable, unnumbered)


def speech_archive(split: str, said: dict[str, Utterance], audio: dict[str, bytes]) -> bytes:
    """As LibriSpeech is packed: LibriSpeech/split/speaker/chapter, transcripts in capitals, notes beside them."""
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w:gz") as archive:

        def add(name: str, content: bytes) -> None:
            entry = tarfile.TarInfo(f"LibriSpeech/{name}")
            entry.size = len(content)
            archive.addfile(entry, io.BytesIO(content))

        add("README.TXT", b"LibriSpeech")
        add("SPEAKERS.TXT", b";ID  |SEX")
        chapters: dict[tuple[str, str], list[str]] = {}
        for name, own in said.items():
            if own.split == split:
                speaker, chapter, _ = name.split("-")
                chapters.setdefault((speaker, chapter), []).append(f"{name} {own.transcript.upper()}")
                add(f"{split}/{speaker}/{chapter}/{name}.flac", audio[name])
        for (speaker, chapter), lines in chapters.items():
            text = "\n".join(lines) + "\n"
            add(f"{split}/{speaker}/{chapter}/{speaker}-{chapter}.trans.txt", text.encode())
    return stream.getvalue()


def textgrids(folder: Path, said: dict[str, Utterance]) -> dict[str, str]:
    """TextGrids by utterance, as the published ones were made: by forced alignment."""
    written = {}
    for name, own in said.items():
        tiers = pocketsphinx.align(read_mono(folder / own.audio, pocketsphinx.SAMPLE_RATE_HZ), own.transcript)
        path = folder / f"{name}.TextGrid"
        write_textgrid(path, own.duration_s, dict(zip(("words", "phones"), tiers, strict=True)))
        written[name] = path.read_text(encoding="utf-8")
    return written


def alignments_archive(grids: dict[str, str]) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in grids.items():
            speaker, chapter, _ = name.split("-")
            archive.writestr(f"LibriSpeech/any/{speaker}/{chapter}/{name}.TextGrid", text)
    return stream.getvalue()


@pytest.fixture(scope="module")
def server(published: Published) -> Iterator[Server]:
    """Every archive is cut once; that of training speech needs its mirror."""
    with serving(**published.archives, **{"mirror-train.tar.gz": published.archives["tiny-train.tar.gz"]}) as running:
        for path, content in running.files.items():
            running.manners[path] = [servers.cut(len(content) // 2), servers.serve]
        running.manners["/tiny-train.tar.gz"] = [servers.cut(20_000), servers.status(404)]
        yield running


def table(server: Server, published: Published, path: Path) -> None:
    lines = ["name\tkind\turl\tmirrors\tbytes\tchecksum\tlicence"]
    for file, content in published.archives.items():
        name, kind = file.partition(".")[0], "alignments" if file.endswith(".zip") else "speech"
        mirror = server.url("/mirror-train.tar.gz") if name == "tiny-train" else ""
        checksum = "md5:" + hashlib.md5(content).hexdigest()
        lines.append("\t".join([name, kind, server.url(f"/{file}"), mirror, str(len(content)), checksum, "CC0"]))
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


OVERLAY = """
results: results/tiny
run: [topographic]
corpus:
  name: tiny
  source: librispeech
  librispeech:
    sources: tiny.tsv
    cache: $TINY_CACHE
    splits: {train: [tiny-train], dev: [tiny-dev], test: [tiny-test]}
alignment: {splits: [train, dev]}
"""


@pytest.fixture(scope="module")
def finished(checkout: Path, server: Server, published: Published, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The results of a whole run from the server to the report."""
    table(server, published, checkout / "tiny.tsv")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TINY_CACHE", str(checkout / "cache"))
        run = snakemake(checkout, "--cores", "2", overlay=OVERLAY)
        assert run.returncode == 0, run.stdout
        assert "To be downloaded into" in run.stdout
        assert planned(checkout, overlay=OVERLAY) == {}
    return checkout / "results" / "tiny"


@pytest.mark.slow
def test_from_a_server_to_figures(finished: Path, server: Server, published: Published) -> None:
    assert len(list((finished / "figures").glob("*.svg"))) >= 13
    assert (finished / "report.html").stat().st_size > 100_000
    assert len(rows(finished / "tables" / "topography.tsv")) == 2
    cache = finished.parents[1] / "cache"
    held = {path.name.partition("-")[2]: path.read_bytes() for path in cache.iterdir() if path.name[0] != "."}
    assert held == published.archives
    body = sum(map(len, published.archives.values()))
    assert sum(server.sent.values()) == body + len(servers.PAGE)  # the page of the 404


@pytest.mark.slow
def test_every_utterance_is_aligned_as_the_table_says(finished: Path, published: Published) -> None:
    corpus = finished / "corpus" / "tiny"
    found = {row["utterance"]: row for row in rows(corpus / "utterances.tsv")}
    assert found.keys() == published.utterances.keys()
    for name, own in published.utterances.items():
        row = found[name]
        assert (row["split"], row["transcript"]) == (own.split, own.transcript)
        assert row["speaker"] == name.partition("-")[0]
        assert float(row["duration_s"]) == pytest.approx(own.duration_s)
        assert bool(row["textgrid"]) == (name not in published.lacking)
        assert all((corpus / row[kind]).is_file() for kind in ("audio", "textgrid") if row[kind])
    coverage = {row["utterance"]: row for row in rows(finished / "alignment" / "tiny" / "coverage.tsv")}
    assert {row["status"] for row in coverage.values()} == {"aligned"}
    fell_back = {name for name, row in coverage.items() if row["method"] == "pocketsphinx"}
    assert fell_back == published.lacking | {published.unreadable}
    assert coverage[published.unnumbered]["method"] == "textgrids"
    assert sorted(path.stem for path in (corpus / "textgrids").rglob("*.TextGrid")) == sorted(
        found.keys() - published.lacking
    )


# What is taken from an archive


@pytest.mark.parametrize(
    ("name", "path"),
    [
        ("LibriSpeech/dev-clean/84/121123/84-121123-0000.flac", "84/121123/84-121123-0000.flac"),
        ("anywhere/84-121123.trans.txt", "84/121123/84-121123.trans.txt"),
        ("LibriSpeech/SPEAKERS.TXT", None),
        ("LibriSpeech/dev-clean/84/121123/notes.txt", None),
        ("LibriSpeech/dev-clean/84/121123/84-121123-0000.wav", None),
        ("LibriSpeech/dev-clean/84/121123/x84-121123-0000.flac", None),
    ],
)
def test_paths_of_speech(name: str, path: str | None) -> None:
    assert librispeech.speech_path(name) == path


def test_paths_of_alignments() -> None:
    path = librispeech.alignment_path({"84-121123-0000"})
    assert path("a/b/84-121123-0000.TextGrid") == "84/84-121123-0000.TextGrid"
    assert path("84-121123-0000.textgrid") == "84/84-121123-0000.TextGrid"
    assert path("a/84-121123-0001.TextGrid") is None
    assert path("a/84-121123-0000.txt") is None


def test_archives_that_are_no_such_thing(tmp_path: Path) -> None:
    archive = tmp_path / "a.tar.gz"
    with tarfile.open(archive, "w:gz") as tar:
        tar.addfile(tarfile.TarInfo("LibriSpeech/README.TXT"))
    unpack.unpack(archive, tmp_path / "out", librispeech.speech_path, str(archive))
    with pytest.raises(InputError, match="no chapters"):
        list(librispeech.index(tmp_path / "out", "train", tmp_path, None))
    with tarfile.open(archive, "w:gz") as tar:
        link = tarfile.TarInfo("LibriSpeech/dev/84/1/84-1-0000.flac")
        link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
        tar.addfile(link)
    with pytest.raises(InputError, match="link or device") as caught:
        unpack.unpack(archive, tmp_path / "evil", librispeech.speech_path, str(archive))
    assert caught.value.subject == str(archive)
    assert not (tmp_path / "evil").exists()


# The index


def noise(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    soundfile.write(path, np.random.default_rng(0).normal(0, 0.1, 1600), 16000)


def test_what_cannot_be_used_is_listed(tmp_path: Path) -> None:
    chapter = tmp_path / "84" / "1"
    for name in ("84-1-0000", "84-1-0001", "84-1-0002", "84-1-0003"):
        noise(chapter / f"{name}.flac")
    damaged = chapter / "84-1-0002.flac"
    damaged.write_bytes(damaged.read_bytes()[:-200])
    (chapter / "84-1.trans.txt").write_text("84-1-0000 IT'S ONE\n84-1-0002 TWO\n84-1-0003 3\n84-1-0004 GONE\n")
    found = list(librispeech.index(tmp_path, "dev", tmp_path, None))
    assert found[0] == Utterance("84-1-0000", "84", "dev", "84/1/84-1-0000.flac", 0.1, 16000, "it's one")
    lost = {row.utterance: row for row in found[1:] if isinstance(row, Exclusion)}
    reasons = {"1": "no transcript", "2": "truncated|corrupt", "3": "unknown letters: 3", "4": "no such file"}
    assert len(lost) == 4
    for last, reason in reasons.items():
        row = lost[f"84-1-000{last}"]
        assert re.match(reason, row.reason)
        assert row.file == f"84/1/84-1-000{last}.flac" and row.advice


def test_splits_that_share_speakers_or_utterances_are_refused() -> None:
    def row(name: str, split: str) -> Utterance:
        return Utterance(name, name.partition("-")[0], split, "a", 1.0, 16000, "one")

    librispeech.check_splits([row("1-1-1", "train"), row("1-1-2", "dev"), row("2-1-1", "test")])
    with pytest.raises(InputError, match="1-1-1 is in train and again in dev"):
        librispeech.check_splits([row("1-1-1", "train"), row("1-1-1", "dev")])
    with pytest.raises(InputError, match="test speakers 1 are in train or dev too"):
        librispeech.check_splits([row("1-1-1", "train"), row("1-1-2", "test")])


# The peak that the system reports for a process includes that of the process it was started by; VmHWM is its own.
MEASURED = """
import re, resource, sys
from pathlib import Path
from phonotopy.corpus import librispeech
from phonotopy.corpus.utterances import write_utterances
folder = Path(sys.argv[1])
rows = list(librispeech.index(folder / "audio", "train", folder, None, 2))
librispeech.check_splits(rows)
write_utterances(folder / "utterances.tsv", rows)
own = int(re.search(r"VmHWM:\\s+(\\d+) kB", Path("/proc/self/status").read_text())[1])
print(len(rows), (own + 2 * resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss) // 1024)
"""


@pytest.mark.slow
def test_an_index_of_a_hundred_hours_in_little_memory(tmp_path: Path) -> None:
    """28,539 utterances, as many as train-clean-100 has; each recording is short, since none is kept."""
    flac, number = tmp_path / "x.flac", 28_539
    noise(flac)
    for first in range(0, number, 49):
        chapter = tmp_path / "audio" / f"{100 + first}" / "1"
        chapter.mkdir(parents=True)
        names = [f"{100 + first}-1-{index:04d}" for index in range(min(49, number - first))]
        for name in names:
            (chapter / f"{name}.flac").hardlink_to(flac)
        (chapter / f"{100 + first}-1.trans.txt").write_text("".join(f"{name} {'WORD ' * 35}\n" for name in names))
    command = [sys.executable, "-c", MEASURED, str(tmp_path)]
    environment = {"PYTHONPATH": str(ROOT / "workflow" / "scripts")}
    printed = subprocess.run(command, env=environment, capture_output=True, text=True, check=True).stdout
    utterances, megabytes = map(int, printed.split())
    assert utterances == number
    print(f"{megabytes} MB")
    assert megabytes < 500


# Before the run


def settings(**changes: object) -> dict:
    own = {"splits": {"train": ["train-clean-5"], "dev": ["dev-clean-2"], "test": ["test-clean"]}, "alignments": True}
    own |= {"sources": str(ROOT / "resources" / "corpora.tsv"), "cache": "$HOME/x", "attempts": 1, "stall_s": 1}
    corpus = {"name": "libri", "source": "librispeech", "librispeech": own | changes}
    return {"results": "results/none", "corpus": corpus, "conditions": {}, "run": []}


def test_downloads_are_announced_and_need_room(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path))
    announced = downloads.announcement(settings())
    sizes = "train-clean-5 333 MB, dev-clean-2 126 MB, test-clean 347 MB"
    assert announced.startswith(f"To be downloaded into {tmp_path}/x: {sizes}")
    assert "1.43 GB in all" in announced
    chosen = {source.name: source for source in downloads.sources(settings())}
    (tmp_path / "x").mkdir()
    (tmp_path / "x" / chosen["train-clean-5"].file).touch()
    (tmp_path / "x" / f".{chosen['test-clean'].file}.part").write_bytes(bytes(46_663_984))
    receipt = tmp_path / "results" / "none" / "corpus" / "libri" / "archives" / "dev-clean-2.tsv"
    receipt.parent.mkdir(parents=True)
    receipt.touch()
    assert ": test-clean 300 MB, alignments 623 MB; 0.92 GB" in downloads.announcement(settings())
    downloads.require(settings())
    assert downloads.same_disk(settings()) == 300_000_000 + 623_023_332
    monkeypatch.setattr(disk.shutil, "disk_usage", lambda _: type("Usage", (), {"free": 900_000_000}))
    with pytest.raises(InputError, match=r"corpus\.librispeech\.cache: 0\.9 GB are free"):
        downloads.require(settings())
    assert downloads.announcement(settings() | {"corpus": {"name": "a", "source": "synthetic"}}) == ""


@pytest.mark.parametrize(
    ("change", "found"),
    [
        (
            {"splits": {"train": ["train-clean-50"], "dev": ["dev-clean"], "test": ["test-clean"]}},
            "splits.train: no source",
        ),
        ({"splits": {"train": ["dev-clean"], "dev": ["dev-clean"]}}, "dev-clean listed twice"),
        ({"splits": {"train": ["alignments"], "dev": ["dev-clean"]}}, "no source 'alignments'"),
        ({"sources": "nowhere.tsv"}, "nowhere.tsv does not exist"),
    ],
)
def test_archives_that_cannot_be_are_refused_before_the_run(change: dict, found: str) -> None:
    with pytest.raises(InputError) as caught:
        downloads.sources(settings(**change))
    assert found in str(caught.value)


def test_random_order_of_files_changes_nothing(tmp_path: Path) -> None:
    names = [f"84-{chapter}-000{number}" for chapter in (1, 2) for number in range(3)]
    random.Random(0).shuffle(names)
    for name in names:
        noise(tmp_path / "84" / name.split("-")[1] / f"{name}.flac")
    for chapter in (1, 2):
        lines = "".join(f"84-{chapter}-000{number} ONE\n" for number in (2, 0, 1))
        (tmp_path / "84" / str(chapter) / f"84-{chapter}.trans.txt").write_text(lines)
    assert [row.utterance for row in librispeech.index(tmp_path, "dev", tmp_path, None)] == sorted(names)
