"""Archives are unpacked whole, or refused without a trace."""

import io
import shutil
import stat
import tarfile
import zipfile

import pytest

from phonotopy.core.errors import InputError
from phonotopy.download import unpack

CONTENT = {"top/ann/a.lab": b"one", "top/ben/b.lab": b"two"}


def tar(path, members, mode="w:gz"):
    with tarfile.open(path, mode) as archive:
        for name, content in members.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(content)
            archive.addfile(entry, io.BytesIO(content))
    return path


def zipped(path, members):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return path


def refused(archive, folder):
    with pytest.raises(InputError) as caught:
        unpack.unpack(archive, folder)
    assert caught.value.subject == "corpus.recordings.path"
    assert str(archive) in caught.value.found
    assert not folder.exists()
    return caught.value.found


@pytest.mark.parametrize(("name", "mode"), [("x.tar.gz", "w:gz"), ("x.tar", "w"), ("x.tar.xz", "w:xz"), ("x.zip", "")])
def test_unpack(tmp_path, name, mode):
    archive = tar(tmp_path / name, CONTENT, mode) if mode else zipped(tmp_path / name, CONTENT)
    unpack.check_source(archive)
    unpack.unpack(archive, tmp_path / "out")
    found = {
        path.relative_to(tmp_path / "out").as_posix(): path.read_bytes() for path in tmp_path.rglob("out/**/*.lab")
    }
    assert found == CONTENT


@pytest.mark.parametrize("make", [tar, zipped])
@pytest.mark.parametrize("name", ["../evil.lab", "/tmp/evil.lab", "top/../../evil.lab"])
def test_paths_that_lead_out_are_refused(tmp_path, make, name):
    archive = make(tmp_path / "x.zip", {"top/ann/a.lab": b"one", name: b"evil"})
    assert "leads out" in refused(archive, tmp_path / "in" / "out")
    assert not list(tmp_path.rglob("evil.lab"))


@pytest.mark.parametrize("kind", [tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.CHRTYPE, tarfile.FIFOTYPE])
def test_links_and_devices_in_tar_are_refused(tmp_path, kind):
    entry = tarfile.TarInfo("top/ann/link.lab")
    entry.type, entry.linkname = kind, "a.lab"
    with tarfile.open(tmp_path / "x.tar.gz", "w:gz") as archive:
        archive.addfile(entry)
    assert "link or device" in refused(tmp_path / "x.tar.gz", tmp_path / "out")


def test_links_in_zip_are_refused(tmp_path):
    entry = zipfile.ZipInfo("top/ann/link.lab")
    entry.create_system, entry.external_attr = 3, (stat.S_IFLNK | 0o777) << 16
    with zipfile.ZipFile(tmp_path / "x.zip", "w") as archive:
        archive.writestr(entry, "/etc/hostname")
    assert "link or device" in refused(tmp_path / "x.zip", tmp_path / "out")


@pytest.mark.parametrize("make", [tar, zipped])
def test_a_bomb_ends_before_the_disk_is_full(tmp_path, make, monkeypatch):
    archive = make(tmp_path / "bomb", {f"top/ann/{index}.wav": bytes(1 << 20) for index in range(4)})
    assert archive.stat().st_size < 1 << 17
    free = unpack.RESERVE + (5 << 19)  # room for two files and a half
    monkeypatch.setattr(shutil, "disk_usage", lambda path: shutil._ntuple_diskusage(1 << 40, 0, free))
    assert "larger than the free disk" in refused(archive, tmp_path / "out")


@pytest.mark.parametrize("make", [tar, zipped])
def test_damaged_archives_are_refused(tmp_path, make):
    archive = make(tmp_path / "x.tar.gz", {f"top/ann/{index}.lab": bytes(range(256)) * 40 for index in range(9)})
    content = bytearray(archive.read_bytes())
    content[len(content) // 3 : len(content) // 3 + 40] = b"\xff" * 40
    archive.write_bytes(content if make is zipped else content[: len(content) // 2])
    assert "cannot be unpacked" in refused(archive, tmp_path / "out")


def test_sources_that_are_none(tmp_path):
    (tmp_path / "empty").mkdir()
    (tmp_path / "notes.pdf").write_text("no archive")
    expected = {"absent": "does not exist", "empty": "is empty", "notes.pdf": "neither a folder nor an archive"}
    for name, found in expected.items():
        with pytest.raises(InputError, match=found) as caught:
            unpack.check_source(tmp_path / name)
        assert caught.value.subject == "corpus.recordings.path"


def test_fingerprint_sees_every_change_below_a_folder(tmp_path):
    (tmp_path / "ann").mkdir()
    file = tmp_path / "ann" / "a.lab"
    file.write_text("one")
    seen = [unpack.fingerprint(tmp_path)]
    assert unpack.fingerprint(tmp_path) == seen[0]
    file.write_text("three")
    seen.append(unpack.fingerprint(tmp_path))
    file.rename(tmp_path / "ann" / "b.lab")
    seen.append(unpack.fingerprint(tmp_path))
    (tmp_path / "ann" / "c.lab").touch()
    seen.append(unpack.fingerprint(tmp_path))
    assert len(set(seen)) == 4
    assert unpack.fingerprint(tmp_path / "ann" / "c.lab") == ""
