"""What settings name is looked at before any job starts."""

import os
import tarfile
import zipfile

import pytest

from phonotopy.core.errors import InputError
from preflight import inputs


def refusal(function, path):
    with pytest.raises(InputError) as caught:
        function(path)
    assert caught.value.advice
    return caught.value.subject, caught.value.found


def folder(path, *names):
    for name in names:
        (path / name).parent.mkdir(parents=True, exist_ok=True)
        (path / name).write_text("whatever: nobody looks inside yet")
    return path


def zipped(path, *names):
    with zipfile.ZipFile(path, "w") as archive:
        for name in names:
            archive.writestr(name, "whatever")
    return path


def tarred(path, *names):
    source = folder(path.with_suffix(".folder"), *names)
    with tarfile.open(path, "w:gz") as archive:
        archive.add(source, ".")
    return path


KINDS = [folder, zipped, tarred]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    "names", [("a/x.wav", "a/x.lab"), ("x.FLAC", "transcripts.tsv"), ("a/b/x.ogg", "a/x.TextGrid")]
)
def test_recordings_and_transcripts_are_all_that_is_needed(tmp_path, kind, names):
    inputs.find_recordings(kind(tmp_path / "speech", *names))


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    ("names", "found"),
    [(("a/x.lab",), "no recordings"), (("a/x.wav", "a/y.pdf"), "no transcripts"), (("notes.doc",), "no recordings")],
)
def test_sources_without_one_of_them_are_refused(tmp_path, kind, names, found):
    path = kind(tmp_path / "speech", *names)
    assert refusal(inputs.find_recordings, path) == ("corpus.recordings.path", f"{found} in {path}")


def test_absent_empty_and_damaged_sources_are_refused(tmp_path):
    (tmp_path / "empty").mkdir()
    (tmp_path / "empty.zip").touch()
    whole = tarred(tmp_path / "whole.tar.gz", *(f"a/{index}.doc" for index in range(99)))
    (tmp_path / "cut.tar.gz").write_bytes(whole.read_bytes()[:300])
    (tmp_path / "page.tar.gz").write_text("<html>404</html>")
    expected = {
        "absent": "does not exist",
        "empty": "is empty",
        "empty.zip": "",
        "cut.tar.gz": "cannot be read",
        "page.tar.gz": "neither a folder nor an archive",
    }
    for name, found in expected.items():
        subject, text = refusal(inputs.find_recordings, tmp_path / name)
        assert subject == "corpus.recordings.path"
        assert found in text


def test_a_huge_archive_is_not_read_to_its_end(tmp_path, monkeypatch):
    monkeypatch.setattr(inputs, "GLANCE", 1 << 16)
    path = tmp_path / "speech.tar"
    with tarfile.open(path, "w") as archive:
        archive.add(folder(tmp_path / "speech", *(f"{index:04}.doc" for index in range(500))))
    path.write_bytes(path.read_bytes()[: 1 << 17])
    inputs.find_recordings(path)


def test_results_that_may_not_be_written_are_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(os, "access", lambda path, mode: path != tmp_path or not mode & os.W_OK)
    assert refusal(inputs.free_results, tmp_path / "x") == ("results", f"{tmp_path} may not be written")


def test_results_must_be_a_folder_to_be(tmp_path):
    (tmp_path / "file").touch()
    (tmp_path / "link").symlink_to("nowhere")
    for name in ("file", "file/below/it"):
        assert refusal(inputs.free_results, tmp_path / name) == ("results", f"{tmp_path / 'file'} is a file")
    assert "leads nowhere" in refusal(inputs.free_results, tmp_path / "link" / "x")[1]
    inputs.free_results(tmp_path)
    inputs.free_results(tmp_path / "not" / "yet")


def test_a_dictionary_is_read_before_the_run(tmp_path):
    inputs.find_dictionary("")
    (tmp_path / "own.dict").write_text("six S IH K S\n")
    inputs.find_dictionary(tmp_path / "own.dict")
    assert refusal(inputs.find_dictionary, tmp_path / "absent.dict")[0] == "alignment.dictionary"


def test_a_table_of_intervals_that_is_not_there_is_named() -> None:
    with pytest.raises(InputError, match=r"alignment\.intervals: there is no file nowhere\.tsv"):
        inputs.find_intervals("nowhere.tsv")
    inputs.find_intervals("")
