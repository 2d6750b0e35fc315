"""MP3 files as programs write them are whole; whatever is cut off them is missed, as far as the format allows."""

from pathlib import Path

import numpy as np
import pytest
import soundfile

from phonotopy.audio import mp3, tags, waveform
from phonotopy.core.errors import InputError

FOLDER = Path(__file__).parents[1] / "data" / "mp3"
SEVEN_S, SIX_S = 0.463125, 0.519375  # of the recordings that were encoded
DELAY_S = {8000: 0.19, 16_000: 0.1, 44_100: 0.05, 48_000: 0.05, 32_000: 0.06}  # of encoder and decoder, and padding
DECODER = 529  # samples of its own delay, which the decoder takes off where it knows the number of frames
KNOWN = {  # MPEG frames as ffprobe counts them, those of an encoder's header left out; seconds; the header
    "ffmpeg_48000": (21, SEVEN_S, True),
    "ffmpeg_pipe_16000": (15, SEVEN_S, False),
    "ffmpeg_pipe_48000": (23, SIX_S, False),
    "lame_average_48000": (14, SEVEN_S, True),
    "lame_constant_44100": (19, SEVEN_S, True),
    "lame_tags_16000": (15, SEVEN_S, False),
    "lame_variable_22050_stereo": (22, SIX_S, True),
    "lame_variable_without_header_32000": (14, SEVEN_S, False),
    "lame_without_header_44100": (21, SIX_S, False),
    "sox_constant_8000": (9, SEVEN_S, False),
}
BARE = sorted(name for name, (_, _, stated) in KNOWN.items() if not stated)
HEADED = sorted(set(KNOWN) - set(BARE))
ID3V1 = b"TAG" + b"title".ljust(125, b"\0")


def content(name):
    return (FOLDER / f"{name}.mp3").read_bytes()


def boundaries(data, frames):
    """The ends of all frames."""
    offset, ends = frames.start, []
    while offset < frames.end:
        offset += mp3.Header.at(data, offset).length
        ends.append(offset)
    return ends


def fault(path, data):
    path.write_bytes(data)
    try:
        mp3.find_frames(path)
    except mp3.FrameError as error:
        return str(error)
    return ""


def refusal(path, data):
    path.write_bytes(data)
    with pytest.raises(InputError) as caught:
        waveform.probe(path)
    assert caught.value.advice
    return caught.value.found


def ape(header=True):
    """A tag of APE with one item; version 1 has no header."""
    item = (5).to_bytes(4, "little") + bytes(4) + b"Title\0seven"
    numbers = (len(item) + 32).to_bytes(4, "little") + (1).to_bytes(4, "little")
    head, foot = (
        b"APETAGEX" + (2000).to_bytes(4, "little") + numbers + flags.to_bytes(4, "little") + bytes(8)
        for flags in (0xA0000000, 0x80000000 * header)
    )
    return (head if header else b"") + item + foot


def lyrics():
    text = b"LYRICSBEGININD0000310LYR00005seven"
    return text + b"%06dLYRICS200" % len(text)


def test_the_table_of_this_test_has_every_file():
    assert sorted(path.stem for path in FOLDER.glob("*.mp3")) == sorted(KNOWN)


@pytest.mark.parametrize("name", KNOWN)
def test_files_of_real_encoders_are_whole(name):
    number, seconds, stated = KNOWN[name]
    found = waveform.probe(FOLDER / f"{name}.mp3")
    if stated:
        assert found.duration_s == pytest.approx(seconds, abs=1e-4), "delay and padding are taken off"
    else:
        samples = {8000: 576, 16_000: 576}.get(found.sample_rate_hz, 1152)
        assert found.duration_s == (number * samples - DECODER) / found.sample_rate_hz, "every frame is decoded"
        assert 0 < found.duration_s - seconds < DELAY_S[found.sample_rate_hz]
    assert found.channels == (2 if "stereo" in name else 1)
    rate = found.sample_rate_hz
    assert len(waveform.read_mono(FOLDER / f"{name}.mp3", rate)) == round(found.duration_s * rate)


@pytest.mark.parametrize("name", KNOWN)
def test_frames_are_those_that_ffprobe_counts(name):
    data, frames = content(name), mp3.find_frames(FOLDER / f"{name}.mp3")
    number, _, stated = KNOWN[name]
    assert len(boundaries(data, frames)) == number + stated
    assert bool(frames.prefix) is not stated
    assert frames.end == len(data) - 128 * ("tags" in name)


def test_without_a_header_libsndfile_alone_would_lose_speech():
    path = FOLDER / "lame_variable_without_header_32000.mp3"
    assert soundfile.info(path).duration == pytest.approx(0.171)
    assert waveform.probe(path).duration_s > SEVEN_S


def test_speech_is_the_same_with_and_without_what_stands_around_it(tmp_path):
    plain = waveform.read_mono(FOLDER / "ffmpeg_pipe_48000.mp3", 48_000)
    data = content("ffmpeg_pipe_48000")
    (tmp_path / "x.mp3").write_bytes(data[mp3.find_frames(FOLDER / "ffmpeg_pipe_48000.mp3").start :] + ape() + ID3V1)
    np.testing.assert_array_equal(waveform.read_mono(tmp_path / "x.mp3", 48_000), plain)


@pytest.mark.slow
@pytest.mark.parametrize("name", KNOWN)
def test_a_cut_within_a_frame_is_refused_wherever_it_is(tmp_path, name):
    data, frames = content(name), mp3.find_frames(FOLDER / f"{name}.mp3")
    ends = {*boundaries(data, frames)} - {frames.end}
    for offset in sorted(
        {*range(frames.start + 1, frames.end, 7), *(end + step for end in ends for step in (-1, 0, 1))}
    ):
        found = fault(tmp_path / "x.mp3", data[:offset])
        if offset not in ends:
            assert found.startswith(("truncated audio: it ends within the frame", "corrupt audio")), offset
        else:
            assert found.startswith("truncated audio") is (name in HEADED), "no other frame states how many follow it"
    assert refusal(tmp_path / "x.mp3", data[: frames.end - 1]).startswith("truncated audio")


@pytest.mark.parametrize("name", HEADED)
def test_a_frame_too_few_or_too_many_is_seen_by_the_header(tmp_path, name):
    data, frames = content(name), mp3.find_frames(FOLDER / f"{name}.mp3")
    ends, number = boundaries(data, frames), KNOWN[name][0]
    fewer = refusal(tmp_path / "x.mp3", data[: ends[4]] + data[ends[5] :])
    assert fewer == f"truncated audio: {number - 1} of {number} MPEG frames"
    more = refusal(tmp_path / "x.mp3", data[: ends[5]] + data[ends[4] : frames.end])
    assert more == f"contradictory header: {number} MPEG frames, but {number + 1} in the file"


@pytest.mark.parametrize("name", KNOWN)
def test_bytes_lost_or_added_between_frames_are_refused(tmp_path, name):
    data, frames = content(name), mp3.find_frames(FOLDER / f"{name}.mp3")
    middle = boundaries(data, frames)[4]
    for damaged in (data[:middle] + data[middle + 7 :], data[:middle] + b"seven" + data[middle:]):
        assert fault(tmp_path / "x.mp3", damaged).startswith("corrupt audio: no MPEG frame at byte ")
    assert fault(tmp_path / "x.mp3", data[frames.start + 9 :]).startswith(("corrupt audio", "foreign audio"))


@pytest.mark.parametrize("name", KNOWN)
@pytest.mark.parametrize(
    "tail",
    [ID3V1, ape(), ape(header=False), lyrics() + ID3V1, ape() + ID3V1, bytes(777), bytes(20) + ID3V1, ID3V1[:50]],
)
def test_tags_and_zeros_behind_the_frames_do_no_harm(tmp_path, name, tail):
    path = tmp_path / "x.mp3"
    path.write_bytes(content(name) + tail)
    assert waveform.probe(path) == waveform.probe(FOLDER / f"{name}.mp3")


@pytest.mark.parametrize("name", KNOWN)
@pytest.mark.parametrize("head", [b"ID3\4\0\0\0\0\0\x14".ljust(30, b"x"), b"ID3\4\0\x10\0\0\0\0" + bytes(10), ape()])
def test_tags_before_the_frames_do_no_harm(tmp_path, name, head):
    path = tmp_path / "x.mp3"
    path.write_bytes(head + content(name))
    assert waveform.probe(path) == waveform.probe(FOLDER / f"{name}.mp3")


def test_an_encoder_that_counts_its_own_header_needs_all_bytes(tmp_path):
    """As some did; then the bytes show what the frames do not."""
    data, frames = bytearray(content("lame_constant_44100")), mp3.find_frames(FOLDER / "lame_constant_44100.mp3")
    offset = data.index(b"Info") + 8
    assert int.from_bytes(data[offset : offset + 4], "big") == 19
    assert int.from_bytes(data[offset + 4 : offset + 8], "big") == frames.end
    data[offset : offset + 4] = (20).to_bytes(4, "big")
    assert not fault(tmp_path / "x.mp3", data)
    data[offset : offset + 4] = (19).to_bytes(4, "big")
    cut = data[: boundaries(data, frames)[-2]]
    assert fault(tmp_path / "x.mp3", cut) == "truncated audio: 18 of 19 MPEG frames"


def test_the_header_of_another_encoder_states_the_number_too(tmp_path):
    """VBRI, of Fraunhofer's encoders, always 32 bytes behind the head of the first frame."""
    data = content("lame_without_header_44100")
    length = mp3.Header.at(data, 0).length
    stated = b"VBRI" + bytes(6) + len(data).to_bytes(4, "big") + (20).to_bytes(4, "big")
    headed = data[:4] + bytes(32) + stated + bytes(length - 36 - len(stated)) + data[length:]
    path = tmp_path / "x.mp3"
    path.write_bytes(headed)
    assert waveform.probe(path).duration_s == (20 * 1152 - DECODER) / 44_100
    cut = boundaries(data, mp3.find_frames(FOLDER / "lame_without_header_44100.mp3"))[-2]
    assert refusal(path, headed[:cut]) == "truncated audio: 19 of 20 MPEG frames"


def test_a_header_without_a_number_is_left_to_the_frames(tmp_path):
    data = bytearray(content("lame_constant_44100"))
    offset = data.index(b"Info") + 4
    data[offset : offset + 4] = bytes(4)
    (tmp_path / "x.mp3").write_bytes(data)
    assert waveform.probe(tmp_path / "x.mp3").duration_s == (19 * 1152 - DECODER) / 44_100


@pytest.mark.parametrize(
    ("rate", "channels", "number"),
    [(rate, channels, 7) for rate in (8000, 22_050, 44_100, 48_000) for channels in (1, 2)],
)
def test_a_header_of_our_own_makes_the_decoder_give_all(tmp_path, rate, channels, number):
    path, samples = tmp_path / "x.mp3", 1152 if rate > 24_000 else 576
    soundfile.write(path, np.random.default_rng(0).normal(0, 0.1, (number * samples, channels)), rate, format="MP3")
    data = path.read_bytes()
    length = mp3.Header.at(data, 0).length
    path.write_bytes(data[length:])
    frames = mp3.find_frames(path)
    assert frames.prefix
    found = waveform.probe(path)
    assert round(found.duration_s * rate) == len(boundaries(data[length:], frames)) * samples - DECODER
    assert found.channels == channels


def test_other_layers_are_to_be_converted(tmp_path):
    second = bytes.fromhex("fffd84c0") + bytes(188)
    assert fault(tmp_path / "x.mp3", second * 9) == "foreign audio: MPEG layer II"
    free = bytes.fromhex("fffb00c0") + bytes(188)
    assert fault(tmp_path / "x.mp3", free * 9) == "foreign audio: MP3 of a free bit rate"


def test_the_reader_is_a_file_of_its_frames():
    frames = mp3.find_frames(FOLDER / "lame_tags_16000.mp3")
    with mp3.Reader(FOLDER / "lame_tags_16000.mp3", frames) as reader:
        whole = reader.read()
        assert whole == frames.prefix + content("lame_tags_16000")[frames.start : frames.end]
        for offset in (0, 3, len(frames.prefix) - 1, len(frames.prefix), len(whole) - 2, len(whole) + 5):
            assert reader.seek(offset) == reader.tell() == offset
            assert reader.read(5) == whole[offset : offset + 5]
        assert reader.seek(-4, 2) == len(whole) - 4
        assert str(reader) == str(FOLDER / "lame_tags_16000.mp3")


def test_tags_of_impossible_lengths_are_none():
    assert tags.before(b"x" * 40 + b"999999LYRICS200") == 55
    assert tags.behind(b"ID3\4\0\0\x7f\x7f\x7f\x7f" + bytes(9)) == 19
    assert tags.before(b"LYRICSEND") == 9
