"""The page: what it holds are the responses of the networks, each unit where it stands, and nothing that is private."""

import base64
import io
import json
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile

from film_parts import CONDITIONS, HOP_S, LAYERS, RATE_HZ, index, network, reel, said, showings
from phonotopy.activations.respond import evoked
from phonotopy.core.errors import InputError
from phonotopy.core.inventory import Inventory, Phone
from phonotopy.figures.style import Conditions
from phonotopy.film import payload as payloads
from phonotopy.film.film import Sources, compose, notes, withheld, write_page
from phonotopy.film.payload import payload
from phonotopy.film.reel import Reel
from preflight import privacy

ROOT = Path(__file__).parents[2]
WEB = ROOT / "resources" / "web"
STYLES = [WEB / "page.css", WEB / "film" / "film.css"]
SOURCES = Sources(WEB / "film" / "film.html", STYLES, sorted((WEB / "film").glob("*.js")))
INVENTORY = Inventory((Phone("S", manner="fricative"), Phone("T", manner="stop"), Phone("IY", manner="vowel")))
STYLE = Conditions.of(CONDITIONS, ["plain"])


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("film")


@pytest.fixture(scope="module")
def content(folder: Path) -> dict[str, Any]:
    made = reel(folder)
    made.write(folder / "frames.npz")
    return payload(Reel.read(folder / "frames.npz"), showings(folder), INVENTORY, STYLE)


def unpacked(text: str, width: int) -> np.ndarray:
    return np.frombuffer(base64.b64decode(text), np.uint8).reshape(-1, width)


def test_what_is_shown_are_the_responses_of_the_network_to_within_half_a_step(content: dict[str, Any]) -> None:
    """Of every condition, unlike as they are: the unit at each position, against the network itself."""
    for training, condition in enumerate(CONDITIONS):
        origin = "mapped" if condition == "moved" else condition
        ((_, responses),) = next(evoked(network(origin), index(), index().segments[:1], index().alphabet))
        take, layers = content["utterances"][0]["takes"][training], content["trainings"][training]["layers"]
        assert len(take["layers"]) == len(LAYERS[origin])
        for number, (packed, layer, values) in enumerate(zip(take["layers"], layers, responses, strict=True)):
            full = content["full"][number]
            found = unpacked(packed, layer["rows"] * layer["columns"]) / 255 * full
            placed = values[:, layer["units"]]
            np.testing.assert_allclose(found, np.minimum(placed, full), atol=full / 510 + 1e-6)
            assert (placed > full).mean() < 0.02


def test_a_layout_moves_units_and_nothing_else(content: dict[str, Any]) -> None:
    own, moved = (content["trainings"][CONDITIONS.index(name)] for name in ("mapped", "moved"))
    takes = content["utterances"][1]["takes"]
    assert takes[1]["letters"] == takes[2]["letters"]
    for number, (here, there) in enumerate(zip(own["layers"], moved["layers"], strict=True)):
        assert here["units"] == sorted(there["units"])
        plain, shuffled = (unpacked(take["layers"][number], len(here["units"])) for take in takes[1:])
        np.testing.assert_array_equal(plain[:, there["units"]], shuffled)
    assert own["layers"][0]["units"] != moved["layers"][0]["units"]


def test_scales_are_shared_by_conditions_and_utterances(content: dict[str, Any]) -> None:
    asked = index().segments[:2]
    batches = [batch for name in LAYERS for batch in evoked(network(name), index(), asked, index().alphabet)]
    for number in range(2):
        every = np.concatenate([layers[number].ravel() for batch in batches for _, layers in batch])
        assert content["full"][number] == pytest.approx(np.quantile(every, content["shown"]), rel=1e-5)


def test_times_are_those_of_the_geometry_and_the_sound_is_whole(content: dict[str, Any]) -> None:
    first = content["trainings"][0]["layers"]
    assert [(layer["stride_s"], layer["offset_s"]) for layer in first] == [(0.02, 0.0), (0.04, 0.0)]
    samples, rate = soundfile.read(io.BytesIO(base64.b64decode(content["utterances"][0]["audio"])))
    assert rate == RATE_HZ
    assert len(samples) / rate == pytest.approx(content["utterances"][0]["duration_s"])
    assert content["utterances"][0]["duration_s"] == pytest.approx(index().segments[0].frames * HOP_S)
    assert content["utterances"][0]["phones"][1] == [0.1, 0.2, "S", "sea"]
    assert (content["utterances"][0]["speaker"], content["utterances"][0]["kind"]) == ("s0", "north")


def test_the_file_holds_what_was_written_and_damage_is_named(folder: Path) -> None:
    made = reel(folder)
    made.write(folder / "once.npz")
    made.write(folder / "again.npz")
    assert (folder / "once.npz").read_bytes() == (folder / "again.npz").read_bytes()
    found = Reel.read(folder / "once.npz")
    assert found.full == made.full and found.shots[1].phones == made.shots[1].phones
    assert found.takes["mapped", 0][1].letters == made.takes["mapped", 0][1].letters
    (folder / "damaged.npz").write_bytes((folder / "once.npz").read_bytes()[:500])
    with pytest.raises(InputError, match=r"damaged\.npz: not readable"):
        Reel.read(folder / "damaged.npz")


def test_utterances_without_room_are_left_out_by_name(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(payloads, "LARGEST", 1)
    found = payload(reel(folder), showings(folder), INVENTORY, STYLE)
    assert [one["utterance"] for one in found["utterances"]] == [said(0).utterance]
    assert found["left_out"] == [said(1).utterance]
    assert said(1).utterance in notes([], [], found["left_out"])[0]


# The page


def test_a_page_is_one_file_and_names_what_it_does_not_show(folder: Path, content: dict[str, Any]) -> None:
    hostile = {**content, "utterances": [{**content["utterances"][0], "transcript": "</script><b>"}]}
    page = compose(SOURCES, hostile, notes(["theirs"], showings(folder), []))
    write_page(folder / "film.html", page)
    assert (folder / "film.html").read_text(encoding="utf-8") == page
    assert not re.search(r"(src|href)=\"(?!data:)", page) and "https:" not in page
    assert "theirs is not shown" in page and "moved has the responses of mapped" in page
    assert page.count("</script>") == 2 and "<!-- " not in page
    data = re.search(r'id="payload">(.*?)</script>', page, re.DOTALL)
    assert data is not None and json.loads(data[1])["utterances"][0]["transcript"] == "</script><b>"


def test_private_recordings_are_on_no_page() -> None:
    page = withheld(SOURCES)
    assert "report.private" in page
    assert "<script" not in page and 'id="payload"' not in page


def test_a_film_of_private_recordings_is_refused_by_name() -> None:
    privacy.check_film({"report": {"private": False}})
    with pytest.raises(InputError, match=r"report\.private"):
        privacy.check_film({"report": {"private": True}})
