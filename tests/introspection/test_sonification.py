"""Sound of what drives a region: against identities, and a network whose answer is known."""

from pathlib import Path

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from torch import Tensor

from phonotopy.core.grid import Grid
from phonotopy.introspection.sonification.back_projection import (
    METHODS,
    Method,
    RegionResponse,
    Window,
    back_projected,
    batch_of,
    window_of,
)
from phonotopy.introspection.sonification.contributions import contributions
from phonotopy.introspection.sonification.listening_page import LARGEST_PAGE, Sound, write_page, write_sounds
from phonotopy.introspection.sonification.resynthesis import Resynthesis
from phonotopy.introspection.sonification.sonification_tables import summary_rows
from phonotopy.introspection.sonification.spectral_masks import (
    centroids,
    energy,
    equal_energy,
    flipped,
    mask_of,
    shifted,
)
from phonotopy.recogniser.features import FeatureIndex, LogMel, Segment
from phonotopy.recogniser.network import Layer, Recogniser
from phonotopy.recogniser.samples.analysis import Waveform

RATE = 16000
SAMPLES = {"kind": "waveform", "sample_rate_hz": RATE, "window_s": 0.025, "hop_s": 0.01, "filters": 8}
SETTINGS = {"sample_rate_hz": RATE, "window_s": 0.025, "hop_s": 0.01, "bands": 64, "lowest_hz": 60, "highest_hz": 7600}


def noise(seconds: float, seed: int = 0) -> Tensor:
    return torch.from_numpy(np.random.default_rng(seed).normal(scale=0.1, size=int(seconds * RATE)).astype(np.float32))


def tone(hertz: float, onset_s: float, offset_s: float, seconds: float = 1.0) -> Tensor:
    time = torch.arange(int(seconds * RATE)) / RATE
    inside = (time >= onset_s) & (time < offset_s)
    return 0.3 * torch.sin(2 * torch.pi * hertz * time) * inside


def decibel(power: float) -> float:
    return 10 * float(np.log10(max(power, 1e-30)))


def level(samples: Tensor, hertz: float) -> float:
    """Energy within ± 300 Hz of a frequency, in dB."""
    spectrum = torch.fft.rfft(samples).abs().square()
    frequencies = torch.fft.rfftfreq(len(samples), 1 / RATE)
    return decibel(float(spectrum[(frequencies - hertz).abs() < 300].sum()))


@pytest.fixture(scope="module")
def resynthesis() -> Resynthesis:
    return Resynthesis.of(SETTINGS)


def random_network(seed: int = 0) -> Recogniser:
    """Three layers of nine units that have seen a batch, so that their normalisation is that of nobody."""
    torch.manual_seed(seed)
    layers = [Layer(9, 5, 2, Grid(3, 3)), Layer(9, 3, 2, Grid(3, 3)), Layer(9, 3, 1, Grid(3, 3))]
    network = Recogniser(64, layers, 5, 0.0)
    network.train()
    network(torch.randn(4, 80, 64), torch.tensor([80, 70, 60, 50]))
    return network.eval()


def index_of(frames: NDArray[np.float32]) -> FeatureIndex:
    return FeatureIndex(frames, (Segment("one", "anna", "test", 0, len(frames), "a"),))


def test_a_mask_of_ones_returns_the_sound(resynthesis: Resynthesis) -> None:
    samples = noise(1.234)
    frames = 1 + len(samples) // 160
    (found,) = resynthesis.masked(samples, torch.ones(1, frames, 64))
    error = float((found - samples).square().sum() / samples.square().sum())
    assert -decibel(error) >= 60


def test_a_mask_of_half_the_amplitude_loses_six_decibels(resynthesis: Resynthesis) -> None:
    samples = noise(1.0)
    (found,) = resynthesis.masked(samples, torch.full((1, 101, 64), 0.5))
    torch.testing.assert_close(found, samples / 2, atol=1e-6, rtol=1e-4)


def test_features_of_a_sound_on_its_own_scale_are_those_of_training(resynthesis: Resynthesis) -> None:
    samples = noise(1.0)
    expected = LogMel(**SETTINGS)(samples.numpy())  # type: ignore[arg-type]
    found = resynthesis.features(samples, resynthesis.scale(samples))
    np.testing.assert_allclose(found.numpy(), expected, atol=2e-5)


def test_samples_on_their_own_scale_are_those_of_training() -> None:
    samples = noise(1.234)
    analysis, resynthesis = Waveform(RATE, 0.025, 0.01, 8), Resynthesis.of(SAMPLES)
    found = resynthesis.features(samples, resynthesis.scale(samples))
    np.testing.assert_allclose(found.numpy(), analysis(samples.numpy()), atol=2e-5)


@pytest.mark.parametrize("begin", [0, 1, 7, 18, 19])
def test_a_window_responds_as_the_whole_utterance_does(begin: int) -> None:
    network, frames = random_network(), np.random.default_rng(1).normal(size=(80, 64)).astype(np.float32)
    index, units = index_of(frames), np.array([1, 4, 5])
    whole = network(torch.from_numpy(frames)[None], torch.tensor([80])).responses[2][0]
    end = min(begin + 2, whole.shape[1])
    window = window_of(network, 3, index.segments[0], begin, end)
    model = RegionResponse(network, 3)
    found = model(*batch_of(index, [window], [units], model, 9))
    assert float(found.detach()) == pytest.approx(float(whole[units, begin:end].mean().detach()), abs=1e-6)
    assert window.end - window.first < 80 or begin in (0, 1, 18, 19)


@pytest.mark.parametrize("method", METHODS)
def test_nothing_outside_the_receptive_field_contributes(method: Method) -> None:
    network, frames = random_network(), np.random.default_rng(1).normal(size=(80, 64)).astype(np.float32)
    model, window = RegionResponse(network, 1), Window(index_of(frames).segments[0], 0, 80, (10, 11))
    (found,) = back_projected(model, method, *batch_of(index_of(frames), [window], [np.arange(9)], model, 9))
    inside = torch.nonzero(found.abs().sum(dim=1))[:, 0]
    assert (int(inside.min()), int(inside.max())) == (18, 22)  # kernel 5, stride 2, centred on frame 20


def test_gradient_times_input_of_a_network_without_rectification_adds_up() -> None:
    network, frames = random_network(), np.random.default_rng(1).normal(size=(80, 64)).astype(np.float32)
    for block in network.blocks:
        block.rectification = torch.nn.Identity()  # type: ignore[assignment]
        block.normalisation = torch.nn.Identity()  # type: ignore[assignment]
    model, window = RegionResponse(network, 3), Window(index_of(frames).segments[0], 0, 80, (5, 9))
    given = batch_of(index_of(frames), [window], [np.arange(9)], model, 9)
    found = back_projected(model, "gradient_input", *given)
    assert float(found.sum()) == pytest.approx(float(model(*given).detach()), abs=1e-5)


def test_ways_back_differ_where_units_are_rectified() -> None:
    """Functions instead of modules would make all three plain gradients, without an error."""
    network, frames = random_network(), np.random.default_rng(1).normal(size=(80, 64)).astype(np.float32)
    model, window = RegionResponse(network, 3), Window(index_of(frames).segments[0], 0, 80, (5, 9))
    given = batch_of(index_of(frames), [window], [np.arange(9)], model, 9)
    features = given[0].clone().requires_grad_()
    (plain,) = torch.autograd.grad(model(features, *given[1:]).sum(), features)
    found = [back_projected(model, method, *given) for method in ("deconvolution", "guided_backpropagation")]
    for one, other in ((found[0], plain), (found[1], plain), (found[0], found[1])):
        assert float((one - other).abs().max()) > 0.1 * float(plain.abs().max())
    again = torch.autograd.grad(model(features, *given[1:]).sum(), features)[0]
    torch.testing.assert_close(again, plain)  # hooks are gone


def detector(resynthesis: Resynthesis) -> Recogniser:
    """A unit that answers to 60 ms of 1 kHz, and others that answer to 4 kHz."""
    network = Recogniser(64, [Layer(4, 7, 2, Grid(2, 2))], 3, 0.0)
    weights = torch.zeros(4, 64, 7)
    for unit, hertz in enumerate((1000, 4000, 4000, 4000)):
        band = int(np.abs(resynthesis.centres_hz - hertz).argmin())
        weights[unit, band - 1 : band + 2, :6] = 1.0
    network.blocks[0].convolution.weight.data = weights
    return network.eval()


def detector_of_samples() -> Recogniser:
    """The same on samples: filters of 25 ms in four phases of each frequency, of which those above add up 60 ms."""
    first, second = Layer(8, 400, 1, Grid(2, 4), 160), Layer(4, 7, 2, Grid(2, 2))
    network = Recogniser(160, [first, second], 3, 0.0)
    time, quarters = torch.arange(400) / RATE, torch.arange(4)[:, None] / 4
    tones = [torch.cos(2 * torch.pi * (hertz * time + quarters)) for hertz in (1000, 4000)]
    network.blocks[0].convolution.weight.data = (torch.cat(tones) * torch.hann_window(400))[:, None]
    weights = torch.zeros(4, 8, 7)
    weights[0, :4, :6] = weights[1:, 4:, :6] = 1.0
    network.blocks[1].convolution.weight.data = weights
    return network.eval()


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("kind", ["log_mel", "waveform"])
def test_a_detector_of_1_khz_keeps_1_khz_when_it_began(method: Method, kind: str) -> None:
    onset, layer = 0.5, 1 if kind == "log_mel" else 2
    resynthesis = Resynthesis.of(SETTINGS if kind == "log_mel" else SAMPLES)
    samples = tone(1000, onset, onset + 0.06) + tone(4000, onset, onset + 0.06) + 1e-3 * noise(1.0)
    features = resynthesis.features(samples, resynthesis.scale(samples))
    network = detector(resynthesis) if kind == "log_mel" else detector_of_samples()
    index, model = index_of(features.numpy()), RegionResponse(network, layer)
    course = network(features[None], torch.tensor([101])).responses[layer - 1][0, 0]
    frame = int(course.argmax())
    window = window_of(network, layer, index.segments[0], frame, frame + 1)
    given = batch_of(index, [window], [np.array([0])], model, 4)
    mask = mask_of(contributions(model, method, given, resynthesis))[0]
    whole = torch.zeros(1, 101, 64)
    whole[0, window.first : window.end] = mask
    (found,) = resynthesis.masked(samples, whole)
    lost = [level(samples, hertz) - level(found, hertz) for hertz in (1000, 4000)]
    assert lost[1] - lost[0] >= 20
    assert lost[0] < 6
    envelope = found.unfold(0, 80, 16).square().mean(dim=1)
    first = int(torch.nonzero(envelope > envelope.max() / 4)[0]) * 16 / RATE + 0.0025
    assert abs(first - onset) <= 0.025


def test_contributions_of_samples_are_slopes_of_the_response_by_the_mask() -> None:
    """But for the weights of bins at the edges of bands, which masks and contributions share differently."""
    samples, resynthesis, network = noise(1.0), Resynthesis.of(SAMPLES), detector_of_samples()
    scale = resynthesis.scale(samples)
    features = resynthesis.features(samples, scale)
    index, model = index_of(features.numpy()), RegionResponse(network, 2)
    given = batch_of(index, [Window(index.segments[0], 0, 101, (20, 30))], [np.array([0])], model, 4)
    masks = torch.ones(1, 101, 64, requires_grad=True)
    sound = resynthesis.masked(samples, masks)
    (slopes,) = torch.autograd.grad(model(resynthesis.features(sound, scale), *given[1:]).sum(), masks)
    found = contributions(model, "gradient_input", given, resynthesis)
    correlation = np.corrcoef(found.numpy().ravel(), slopes.numpy().ravel())[0, 1]
    assert correlation > 0.95


def test_a_window_of_samples_responds_as_the_whole_utterance_does() -> None:
    samples, resynthesis, network = noise(1.0), Resynthesis.of(SAMPLES), detector_of_samples()
    features = resynthesis.features(samples, resynthesis.scale(samples))
    index, model = index_of(features.numpy()), RegionResponse(network, 2)
    whole = network(features[None], torch.tensor([101])).responses[1][0]
    window = window_of(network, 2, index.segments[0], 20, 22)
    found = model(*batch_of(index, [window], [np.arange(4)], model, 4))
    assert window.end - window.first < 20
    assert float(found.detach()) == pytest.approx(float(whole[:, 20:22].mean().detach()), rel=1e-4)


def test_controls_let_as_much_energy_through() -> None:
    generator = torch.Generator().manual_seed(3)
    power = torch.rand(30, 16, generator=generator).exp()
    mask = mask_of(torch.randn(30, 16, generator=generator))
    controls = torch.stack([shifted(mask), flipped(mask), 0.01 * mask.roll(3, 0)])
    share = energy(mask, power).expand(3)
    found = equal_energy(controls, power, share)
    torch.testing.assert_close(energy(found, power), share, atol=1e-4, rtol=0)
    assert float(found.max()) <= 1


def test_a_mask_ends_at_one_and_has_no_negative_cells() -> None:
    mask = mask_of(torch.linspace(-1, 1, 600).reshape(20, 30))
    assert (float(mask.min()), float(mask.max())) == (0, 1)
    assert not mask_of(-torch.ones(4, 5)).any()


def test_the_centroid_of_one_band_is_its_centre(resynthesis: Resynthesis) -> None:
    masks = torch.zeros(2, 5, 64)
    masks[0, 2:4, 17] = 0.3
    found = centroids(masks, resynthesis.centres_hz)
    assert found[0] == pytest.approx(resynthesis.centres_hz[17])
    assert np.isnan(found[1])
    strongest = resynthesis.analysis.transform().mel_scale.fb.argmax(dim=0)  # of wide filters, the bin of the centre
    assert float(strongest[50]) * RATE / 512 == pytest.approx(resynthesis.centres_hz[50], abs=RATE / 512)


def trial(speaker: str, phone: str, kept: float) -> dict[str, object]:
    shares = dict.fromkeys(("shifted", "flipped", "random", "other_region", "random_weights"), 0.5)
    similar = {"similarity_random_weights": 0.9, "similarity_random": 0.1}
    where = {"layer": 1, "phone": phone, "method": "gradient_input", "speaker": speaker, "status": "ok"}
    return {**where, "kept": kept, **shares, **similar}


def test_speakers_are_the_observations() -> None:
    """As many tokens as one likes of a speaker are one observation: p is that of three numbers."""
    trials = [
        trial(name, phone, 0.5 + gain) for name, gain in zip("abc", (0.1, 0.2, 0.3), strict=True) for phone in "ST"
    ]
    row = next(row for row in summary_rows(trials, [1]) if row["method"] == "gradient_input")
    assert (row["speakers"], row["tokens"]) == (3, 6)
    assert row["difference"] == pytest.approx(0.2)
    assert row["t"] == pytest.approx(0.2 / (0.1 / np.sqrt(3)))
    assert row["high"] - row["difference"] == pytest.approx(4.302653 * 0.1 / np.sqrt(3))


def test_one_speaker_tests_nothing() -> None:
    rows = summary_rows([trial("a", "S", 0.9)], [1])
    assert {row["status"] for row in rows} == {"not testable"}


def test_a_page_holds_players_and_ends_at_its_size(tmp_path: Path) -> None:
    sounds = [Sound(layer, "S", name, noise(2.0)) for layer in range(1, 20) for name in ("original", "gradient_input")]
    write_page(tmp_path / "a.html", sounds, RATE, private=False)
    page = (tmp_path / "a.html").read_text(encoding="utf-8")
    assert 1_000_000 < len(page) <= LARGEST_PAGE
    assert "are left out" in page
    write_sounds(tmp_path / "sounds", sounds[:3], RATE)
    assert len(list((tmp_path / "sounds").iterdir())) == 3


def test_private_recordings_are_on_no_page(tmp_path: Path) -> None:
    write_page(tmp_path / "a.html", [Sound(1, "S", "original", noise(0.1))], RATE, private=True)
    page = (tmp_path / "a.html").read_text(encoding="utf-8")
    assert "report.private" in page
    assert "<audio" not in page
