"""Weights of which nobody states a checksum: the first download is the measure of all later ones."""

import hashlib
import random
from dataclasses import replace
from pathlib import Path

import pytest
import torchaudio

from phonotopy.core.errors import InputError
from phonotopy.download.catalogue import Source, read_catalogue
from phonotopy.download.download import Patience, cached
from phonotopy.download.fetch_weights import fetch_weights, record_of
from server import serving

ROOT = Path(__file__).parents[2]
CONTENT, OTHER = random.Random(0).randbytes(200_000), random.Random(1).randbytes(200_000)
DIGITS = f"sha256:{hashlib.sha256(CONTENT).hexdigest()}"
QUICK = Patience(attempts=2, stall_s=0.15, first_wait_s=0.005, longest_wait_s=0.01)


def source(url: str) -> Source:
    return Source("TINY", "weights", url, (), 0, "", "MIT")


def test_the_first_download_is_recorded_and_later_runs_compare(tmp_path: Path) -> None:
    with serving(**{"tiny.pth": CONTENT}) as server:
        wanted = source(server.url("/tiny.pth"))
        found = fetch_weights(wanted, tmp_path, QUICK)
    assert (found.bytes, found.checksum) == (len(CONTENT), DIGITS)
    assert cached(wanted, tmp_path).name == "TINY-tiny.pth"
    assert cached(wanted, tmp_path).read_bytes() == CONTENT
    assert read_catalogue(record_of(wanted, tmp_path)) == {"TINY": found}
    assert fetch_weights(wanted, tmp_path, QUICK) == found, "nothing serves them any more, and nobody asks"


def test_damaged_weights_are_fetched_again_and_others_refused(tmp_path: Path) -> None:
    with serving(**{"tiny.pth": CONTENT}) as server:
        wanted = source(server.url("/tiny.pth"))
        fetch_weights(wanted, tmp_path, QUICK)
        cached(wanted, tmp_path).write_bytes(OTHER)
        assert fetch_weights(wanted, tmp_path, QUICK).checksum == DIGITS
        assert cached(wanted, tmp_path).read_bytes() == CONTENT
    cached(wanted, tmp_path).unlink()
    with serving(**{"tiny.pth": OTHER}) as server:
        moved = source(server.url("/tiny.pth"))
        record = record_of(moved, tmp_path)
        record.write_text(record.read_text().replace(wanted.url, moved.url))
        with pytest.raises(InputError, match="checksum of the first download") as caught:
            fetch_weights(moved, tmp_path, QUICK)
        assert not cached(moved, tmp_path).exists() and str(record) in str(caught.value)
        record.unlink()
        assert fetch_weights(moved, tmp_path, QUICK).checksum != DIGITS


def test_weights_of_another_address_are_no_measure(tmp_path: Path) -> None:
    with serving(**{"tiny.pth": CONTENT}) as server:
        fetch_weights(source(server.url("/tiny.pth")), tmp_path, QUICK)
    with serving(**{"newer.pth": OTHER}) as server:
        assert fetch_weights(source(server.url("/newer.pth")), tmp_path, QUICK).checksum != DIGITS


def test_a_file_that_was_brought_by_hand_needs_no_network(tmp_path: Path) -> None:
    wanted = source("http://127.0.0.1:9/tiny.pth")
    cached(wanted, tmp_path).write_bytes(CONTENT)
    assert fetch_weights(wanted, tmp_path, QUICK).checksum == DIGITS


def test_without_a_network_the_address_and_the_file_are_named(tmp_path: Path) -> None:
    wanted = source("http://127.0.0.1:9/tiny.pth")
    with pytest.raises(InputError, match=r"download of TINY: http://127.0.0.1:9/tiny.pth: (?s:.*)TINY-tiny\.pth"):
        fetch_weights(wanted, tmp_path, QUICK)


def test_a_server_that_states_no_length_is_refused(tmp_path: Path) -> None:
    with serving(**{"tiny.pth": b""}) as server, pytest.raises(InputError, match="a file of unknown length"):
        fetch_weights(source(server.url("/tiny.pth")), tmp_path, QUICK)


def test_the_table_has_every_bundle_of_torchaudio_and_its_address() -> None:
    pipelines = vars(torchaudio.pipelines)
    bundles = {
        name: one._path for name, one in pipelines.items() if isinstance(one, torchaudio.pipelines.Wav2Vec2Bundle)
    }
    table = read_catalogue(ROOT / "resources" / "weights.tsv")
    assert {
        name: one.url.removeprefix("https://download.pytorch.org/torchaudio/models/") for name, one in table.items()
    } == bundles
    assert {one.kind for one in table.values()} == {"weights"}
    assert all(one.licence for one in table.values())


def test_only_weights_may_lack_size_and_checksum(tmp_path: Path) -> None:
    columns = "name\tkind\turl\tmirrors\tbytes\tchecksum\tlicence"
    (tmp_path / "a.tsv").write_text(f"{columns}\na\tspeech\thttps://a.example/a.zip\t\t\t\tCC0\n")
    with pytest.raises(InputError, match="checksum ''"):
        read_catalogue(tmp_path / "a.tsv")
    (tmp_path / "b.tsv").write_text(f"{columns}\na\tweights\thttps://a.example/a.pt\t\t\tsha256:1\tCC0\n")
    with pytest.raises(InputError, match="checksum 'sha256:1'"):
        read_catalogue(tmp_path / "b.tsv")
    known = replace(source("https://a.example/a.pt"), bytes=3, checksum=DIGITS)
    assert known.file == source("https://a.example/a.pt").file, "a name that does not change once it is known"
