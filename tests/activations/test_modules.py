"""Networks of others: what their layers depend on, their responses against loops, and what cannot be meant."""

import re
import textwrap
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile
import torch
import torchaudio
import yaml
from torch import Tensor, nn

import reference_recogniser as reference
from phonotopy.activations.accumulate import Coding, Token
from phonotopy.activations.comoments import read_comoments
from phonotopy.activations.gather import Paths
from phonotopy.activations.modules import load_module
from phonotopy.activations.modules.comoments_model import comoments_model
from phonotopy.activations.modules.dependence import Measured, measure
from phonotopy.activations.modules.given_speech import Given
from phonotopy.activations.modules.load_module import Loaded
from phonotopy.activations.modules.measure_model import load_model, measure_model, read_measured
from phonotopy.activations.modules.respond_model import Network, open_network, respond_model
from phonotopy.activations.read import Responses, Tokens
from phonotopy.activations.take_responses import check_responses
from phonotopy.audio.waveform import read_mono
from phonotopy.core.errors import InputError
from phonotopy.core.grid import fit
from phonotopy.recogniser.features import LogMel, Segment
from phonotopy.recogniser.network import Layer, Timing, timings
from preflight.conditions import resolve
from preflight.settings import completed, validate

ROOT = Path(__file__).parents[2]
RATE = 8000
LOG_MEL = {
    "sample_rate_hz": RATE,
    "window_s": 0.025,
    "hop_s": 0.01,
    "bands": 6,
    "lowest_hz": 60,
    "highest_hz": 3800,
}
CPU = torch.device("cpu")
PHONES = ("T", "IY")


class Transposed(nn.Module):
    """Exchanges the last two axes."""

    def forward(self, values: Tensor) -> Tensor:
        return values.transpose(1, 2)


def measured(network: nn.Module, *names: str, given: Given | None = None) -> list[Measured]:
    loaded = Loaded(network.eval(), network)
    return measure(loaded, given or Given(RATE), {name: f"layers[{n}]" for n, name in enumerate(names)})


def stack(*convolutions: nn.Module) -> nn.Sequential:
    """Convolutions of samples, rectified where they lie."""
    return nn.Sequential(nn.Unflatten(1, (1, -1)), *[nn.Sequential(one, nn.ReLU(inplace=True)) for one in convolutions])


# Which samples a response depends on


@pytest.mark.parametrize(
    "shapes",
    [
        [(4, 11, 2), (4, 5, 2), (9, 5, 1)],
        [(16, 1, 1)],
        [(4, 2, 3), (4, 7, 1), (4, 4, 2), (4, 3, 1)],
        [(4, 48, 2), (4, 7, 1), (4, 7, 1), (4, 32, 1)],
    ],
)
def test_convolutions_over_features_depend_on_what_their_arithmetic_says(shapes: list[tuple[int, int, int]]) -> None:
    layers = [Layer(*shape, fit(shape[0])) for shape in shapes]
    below = [LOG_MEL["bands"], *(layer.filters for layer in layers)]
    network = nn.Sequential(
        Transposed(),
        *[
            nn.Conv1d(width, one.filters, one.kernel, one.stride, one.padding)
            for width, one in zip(below[:-1], layers, strict=True)
        ],
    )
    names = [str(number) for number in range(1, len(layers) + 1)]
    found = measured(network, *names, given=Given(RATE, LogMel(**LOG_MEL)))
    assert [one.timing for one in found] == timings(layers)
    assert not any(one.whole for one in found)


def by_gradients(network: nn.Module, name: str, frames: tuple[int, int]) -> list[tuple[int, int]]:
    """First and last sample on which responses at some frames depend, where gradients of noise are not zero."""
    noise, found = Given(RATE).noise(4000).requires_grad_(), []
    network.get_submodule(name).register_forward_hook(lambda *passed: found.append(passed[2]))
    network(noise)
    for frame in frames:
        (gradient,) = torch.autograd.grad(found[0][0, :, frame].sum(), noise, retain_graph=True)
        (index,) = torch.nonzero(gradient[0], as_tuple=True)
        found.append((int(index.min()), int(index.max())))
    return found[1:]


def test_dilated_pooled_and_padded_layers_depend_on_what_gradients_say() -> None:
    network = nn.Sequential(
        nn.Unflatten(1, (1, -1)),
        nn.Conv1d(1, 4, 10, stride=5, padding=2),
        nn.Tanh(),
        nn.Conv1d(4, 4, 3, dilation=4, padding=1),
        nn.AvgPool1d(2),
        nn.Conv1d(4, 9, 4, padding=3, stride=3),
    )
    for name in ("1", "3", "4", "5"):
        (layer,) = measured(network, name)
        first, later = by_gradients(network, name, (40, 41))
        assert layer.timing.field == first[1] - first[0] + 1
        assert layer.timing.stride == later[0] - first[0] == later[1] - first[1]
        assert layer.timing.offset + 40 * layer.timing.stride == sum(first) / 2


def test_silent_units_and_zero_weights_change_nothing() -> None:
    network = stack(nn.Conv1d(1, 4, 8, 4), nn.Conv1d(4, 4, 3))
    for weights in network.parameters():
        nn.init.constant_(weights, 0.0)
    assert [one.timing for one in measured(network, "1", "2.1")] == [Timing(4, 3.5, 8), Timing(4, 7.5, 16)]


SMALL = {
    "extractor_conv_layer_config": [(8, 10, 5), (8, 3, 2), (8, 3, 2), (8, 3, 2), (8, 3, 2), (8, 2, 2), (8, 2, 2)],
    "extractor_conv_bias": False,
    "encoder_embed_dim": 16,
    "encoder_projection_dropout": 0.1,
    "encoder_pos_conv_kernel": 4,
    "encoder_pos_conv_groups": 2,
    "encoder_num_layers": 2,
    "encoder_num_heads": 2,
    "encoder_attention_dropout": 0.1,
    "encoder_ff_interm_features": 16,
    "encoder_ff_interm_dropout": 0.0,
    "encoder_dropout": 0.1,
    "encoder_layer_norm_first": False,
    "encoder_layer_drop": 0.05,
    "aux_num_out": None,
}


@pytest.mark.slow
@pytest.mark.parametrize("mode", ["group_norm", "layer_norm"])
def test_a_transformer_depends_on_the_whole_recording_at_the_frames_of_its_convolutions(mode: str) -> None:
    network = torchaudio.models.wav2vec2_model(extractor_mode=mode, **SMALL)
    names = ["feature_extractor.conv_layers.1", "encoder.feature_projection", "encoder.transformer.layers.1"]
    first, below, last = measured(network, *names, given=Given(16000))
    assert (first.timing, first.whole) == (Timing(10, 9.5, 20), False)
    assert (below.timing, below.whole) == (Timing(320, 199.5, 400), False)
    assert (last.timing, last.whole, last.axes.units) == (Timing(320, 199.5, 400), True, 16)
    assert last.expected(16000) == last.frames == 49


class Recurrent(nn.Module):
    """Convolutions, then units that remember all that was before, with the axis of time first."""

    def __init__(self) -> None:
        super().__init__()
        self.convolution = nn.Conv1d(1, 4, 40, stride=40)
        self.memory = nn.LSTM(4, 9)

    def forward(self, samples: Tensor) -> Tensor:
        output, _ = self.memory(self.convolution(samples[:, None]).permute(2, 0, 1))
        return output


@pytest.mark.slow
def test_what_remembers_depends_on_the_whole_recording_although_its_gradients_fade() -> None:
    (layer,) = measured(Recurrent(), "memory")
    assert (layer.timing, layer.whole) == (Timing(40, 19.5, 40), True)
    assert (layer.axes.time, layer.axes.unit, layer.axes.units) == (0, 2, 9)


# Responses


MODULE = '''
from torch import nn


def small():
    """Convolutions that are rectified where they lie, so that what was captured would change."""
    return nn.Sequential(
        nn.Unflatten(1, (1, -1)),
        nn.Conv1d(1, 4, 80, stride=40, padding=20),
        nn.ReLU(inplace=True),
        nn.Conv1d(4, 8, 3, padding=1),
        nn.ReLU(inplace=True),
    )
'''
LAYERS = ["1", {"name": "3", "rows": 4, "columns": 2}, "4"]


def settings(folder: Path, **changes: Any) -> dict[str, Any]:
    given = {
        "name": "mine",
        "bundle": "",
        "file": f"{folder}/module.py",
        "function": "small",
        "layers": LAYERS,
        "input": "waveform",
    }
    return {**given, "sample_rate_hz": RATE, **changes}


def built(source: str, function: str = "small") -> nn.Module:
    namespace: dict[str, Any] = {}
    exec(source, namespace)
    torch.manual_seed(3)
    network: nn.Module = namespace[function]()
    return network


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A module of one's own, its weights, and an utterance of each of three speakers at twice the rate."""
    (tmp_path / "module.py").write_text(MODULE)
    torch.save(built(MODULE).state_dict(), tmp_path / "weights.pt")
    random = np.random.default_rng(0)
    for number, speaker in enumerate(("anna", "ben", "clara")):
        samples = random.normal(scale=0.1, size=16000 + 1000 * number)
        soundfile.write(tmp_path / f"{speaker}.wav", samples, 2 * RATE, subtype="FLOAT")
    return tmp_path


def opened(folder: Path, **changes: Any) -> Network:
    return ready(settings(folder, **changes), folder / "weights.pt")


def ready(named: dict[str, Any], weights: Path) -> Network:
    """A network that was measured and is opened again, as two jobs do."""
    measure_model(weights.with_name("measured.tsv"), named, *load_model(named, weights, LOG_MEL))
    return open_network(named, weights, LOG_MEL, weights.with_name("measured.tsv"), CPU)


SEGMENTS = [Segment(f"{speaker}-1", speaker, "test", 0, 100, "tea") for speaker in ("anna", "ben", "clara")]
TOKENS = {
    one.utterance: [Token(0, 0.1, 0.2, stored=True), Token(1, 0.2, 0.35, stored=True), Token(0, 0.5, 0.503, True)]
    for one in SEGMENTS
}


def audio(folder: Path) -> dict[str, str]:
    return {one.utterance: str(folder / f"{one.speaker}.wav") for one in SEGMENTS}


def written(folder: Path, network: Network) -> Responses:
    coding = Coding(PHONES, ("anna", "ben", "clara"))
    paths = Paths.of(folder / "written")
    respond_model(paths, network, SEGMENTS, audio(folder), TOKENS, coding, (-0.1, 0.1), longest_s=1.125)
    check_responses(paths, PHONES)
    return Responses.open(paths.responses, paths.geometry, paths.placement)


def looped(network: nn.Module, inputs: Tensor, upto: int) -> list[list[float]]:
    """Responses, units by frames, of the first modules of a stack, one after the other."""
    values = inputs
    with torch.no_grad():
        for module in list(network)[: upto + 1]:  # type: ignore[arg-type]
            values = module(values.clone())
    return values[0].tolist()


def test_responses_to_audio_are_those_of_a_loop_over_passes(folder: Path) -> None:
    found = written(folder, opened(folder))
    network = built(MODULE)
    network.load_state_dict(torch.load(folder / "weights.pt", weights_only=True))
    tokens = Tokens.read(Paths.of(folder / "written").tokens, PHONES, "speaker")
    for layer, (upto, offset_s) in {1: (1, 19.5 / RATE), 2: (3, 19.5 / RATE), 3: (4, 19.5 / RATE)}.items():
        expected = []
        for segment in SEGMENTS:
            samples = torch.from_numpy(read_mono(audio(folder)[segment.utterance], RATE))[None]
            responses = looped(network, samples, upto)
            expected += [
                reference.token_mean(responses, one.onset_s, one.offset_s, 0.005, offset_s)
                for one in TOKENS[segment.utterance]
            ]
        np.testing.assert_allclose(found.token_means(layer, tokens), expected, rtol=1e-4, atol=1e-6)
    assert np.min(found.token_means(1, tokens)) < 0, "before it is rectified where it lies"


def test_geometry_and_filters_are_those_of_the_module(folder: Path) -> None:
    network = opened(folder)
    found = written(folder, network)
    geometry = [(one.name, one.grid.rows, one.grid.columns) for one in found.layers.values()]
    assert geometry == [("1", 2, 2), ("3", 4, 2), ("4", 2, 4)]
    clocks = [one.clock for one in found.layers.values()]
    assert [one.stride_s for one in clocks] == [0.005] * 3
    np.testing.assert_allclose([one.field_s for one in clocks], [0.01, 0.02, 0.02])
    weights = network.loaded.root.get_submodule("3").weight.detach().numpy().reshape(8, -1)
    unit = weights / np.linalg.norm(weights, axis=1, keepdims=True)
    np.testing.assert_allclose(found.arrays(2, "filter_cosine")["filter_cosine"], unit @ unit.T, atol=1e-6)
    assert "filter_cosine" not in found.arrays(3, "frame_comoment", "filter_cosine"), "no weights are invented"


@pytest.mark.slow
def test_what_sees_all_is_as_wide_as_the_longest_recording_and_says_so(folder: Path) -> None:
    (folder / "module.py").write_text(
        "from torch import nn\n\n\nclass Last(nn.Module):\n    def forward(self, x):\n        return x[0]\n\n\n"
        "class Turned(nn.Module):\n    def forward(self, x):\n        return x.transpose(1, 2)\n\n\n"
        "def small():\n    return nn.Sequential(nn.Unflatten(1, (1, -1)), nn.Conv1d(1, 4, 80, stride=40), Turned(), "
        "nn.LSTM(4, 8, batch_first=True))\n"
    )
    torch.save(built((folder / "module.py").read_text()).state_dict(), folder / "weights.pt")
    found = written(folder, opened(folder, layers=["1", "3"]))
    assert [one.name for one in found.layers.values()] == ["1", "3 (sees the whole recording)"]
    assert [one.clock.field_s for one in found.layers.values()] == [0.01, 1.125]
    assert len({one.clock.stride_s for one in found.layers.values()}) == 1


def test_log_mel_is_what_the_workflow_makes(folder: Path) -> None:
    (folder / "module.py").write_text(
        "from torch import nn\n\n\ndef small():\n"
        "    return nn.Sequential(nn.Linear(6, 9), nn.Tanh(), nn.Flatten(1), nn.Unflatten(1, (-1, 9)))\n"
    )
    network = built((folder / "module.py").read_text())
    torch.save(network.state_dict(), folder / "weights.pt")
    taken = opened(folder, layers=["0"], input="log_mel")
    (batch,) = taken.evoked(SEGMENTS[:1], audio(folder))
    expected = network[0](torch.from_numpy(LogMel(**LOG_MEL)(read_mono(folder / "anna.wav", RATE))))  # type: ignore[index]
    np.testing.assert_allclose(batch[0][1][0], expected.detach().numpy(), rtol=1e-5)
    (layer,) = taken.geometry(1.0)
    assert (layer.clock.stride_s, layer.clock.offset_s, layer.clock.field_s) == (0.01, 0.0, 0.025)


def test_comoments_are_those_of_all_frames(folder: Path) -> None:
    network = opened(folder)
    comoments_model(folder / "comoments.npz", network, SEGMENTS, audio(folder))
    frames = [responses for batch in network.evoked(SEGMENTS, audio(folder)) for _, responses in batch]
    grids = dict(enumerate(network.grids, start=1))
    for layer, found in read_comoments(folder / "comoments.npz", grids).items():
        joined = np.concatenate([one[layer - 1] for one in frames]).astype(np.float64)
        np.testing.assert_allclose(found, np.cov(joined.T) * (len(joined) - 1), rtol=1e-6, atol=1e-9)


@pytest.mark.slow
def test_a_bundle_of_torchaudio_is_built_from_its_file_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    bundle = torchaudio.pipelines.Wav2Vec2Bundle(
        "https://nowhere.invalid/tiny.pth", {"extractor_mode": "layer_norm", **SMALL}, 16000, True, "Wav2Vec2"
    )
    monkeypatch.setattr(torchaudio.pipelines, "TINY", bundle, raising=False)
    torch.manual_seed(1)
    network = torchaudio.models.wav2vec2_model(**bundle._params).eval()
    torch.save(network.state_dict(), tmp_path / "TINY-tiny.pth")
    named = {"name": "theirs", "bundle": "TINY", "layers": ["encoder.transformer.layers.0"]}
    given = {**named, "input": "waveform", "sample_rate_hz": 8000}
    taken = ready(given, tmp_path / "TINY-tiny.pth")
    assert taken.given.sample_rate_hz == 16000
    soundfile.write(tmp_path / "a.wav", np.random.default_rng(0).normal(scale=0.1, size=16000), 16000, subtype="FLOAT")
    ((_, (found,)),) = next(taken.evoked(SEGMENTS[:1], {SEGMENTS[0].utterance: str(tmp_path / "a.wav")}))
    samples = torch.from_numpy(read_mono(tmp_path / "a.wav", 16000))[None]
    with torch.no_grad():
        normalised = nn.functional.layer_norm(samples, samples.shape)
        expected = network.extract_features(normalised)[0][0][0]
    np.testing.assert_allclose(found, expected.numpy(), rtol=1e-4, atol=1e-5)
    with pytest.raises(InputError, match=r"no such file.*\n.*\n.*forcerun fetch_weights"):
        ready(given, tmp_path / "TINY-other.pth")
    (tmp_path / "TINY-tiny.pth").write_bytes(b"cut")
    with pytest.raises(InputError, match=r"TINY-tiny\.pth: "):
        ready(given, tmp_path / "TINY-tiny.pth")


# What cannot be meant


class Odd(nn.Module):
    """A submodule of each kind that has no frames of units."""

    def __init__(self) -> None:
        super().__init__()
        self.convolution = nn.Conv1d(1, 16, 80, stride=40)
        self.twice, self.never, self.pooled = nn.ReLU(), nn.ReLU(), nn.AdaptiveAvgPool1d(7)
        self.image, self.pairs, self.said = nn.Identity(), nn.Identity(), nn.Identity()
        self.fixed, self.constant, self.turned = nn.Identity(), nn.Identity(), nn.Identity()

    def forward(self, samples: Tensor) -> Tensor:
        values = self.twice(self.twice(self.convolution(samples[:, None])))
        self.pooled(values)
        self.image(values[:, None])
        self.pairs(values.transpose(1, 2) @ values)
        self.said({"values": values})
        self.fixed(values.mean(dim=2))
        self.constant(torch.ones_like(values))
        return self.turned(values.flip(2))  # type: ignore[no-any-return]


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("convolutoin", "layers[0]: no submodule 'convolutoin'"),
        ("twice", "layers[0], twice: 2 outputs in a pass"),
        ("never", "layers[0], never: no output in a pass"),
        (
            "pooled",
            "layers[0], pooled: outputs (1, 16, 7) and (1, 16, 7) of shorter and longer speech",
        ),
        ("image", "layers[0], image: an output of 4 axes"),
        ("pairs", "in which 2 axes differ"),
        ("said", "layers[0], said: an output of 0 axes"),
        ("fixed", "layers[0], fixed: an output of 2 axes"),
        ("constant", "layers[0], constant: responses that depend on no part of the speech"),
        ("turned", "layers[0], turned: frames "),
    ],
)
def test_layers_without_frames_of_units_are_refused_by_name(name: str, message: str) -> None:
    with pytest.raises(InputError) as caught:
        measured(Odd(), name)
    assert message in str(caught.value)


def test_the_nearest_names_are_proposed() -> None:
    with pytest.raises(InputError, match="did you mean convolution or"):
        measured(Odd(), "convolutoin")


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"layers": [{"name": "3", "rows": 3, "columns": 3}]}, "conditions.mine.layers[0]: 3 of 8 units on 3 × 3"),
        ({"layers": ["1", "5"]}, "conditions.mine.layers[1]: no submodule '5'"),
        ({"function": "smal"}, "module.py: no function smal"),
        ({"function": "nothing"}, "module.py: no function nothing"),
    ],
)
def test_settings_that_do_not_fit_the_network_are_refused_by_name(
    folder: Path, monkeypatch: pytest.MonkeyPatch, changes: dict[str, Any], message: str
) -> None:
    monkeypatch.chdir(folder)
    with pytest.raises(InputError) as caught:
        opened(folder, **changes)
    assert message in str(caught.value)


def test_units_that_fill_no_grid_need_its_rows_and_columns(folder: Path) -> None:
    (folder / "module.py").write_text(MODULE.replace("nn.Conv1d(4, 8,", "nn.Conv1d(4, 10,"))
    torch.save(built((folder / "module.py").read_text()).state_dict(), folder / "weights.pt")
    with pytest.raises(InputError, match=r"layers\[0\]: 3: 10 units fill no rectangle.*\n.*\n.*rows: …, columns"):
        opened(folder, layers=["3"])
    (grid,) = opened(folder, layers=[{"name": "3", "rows": 1, "columns": 10, "torus": True}]).grids
    assert (grid.rows, grid.columns, grid.torus) == (1, 10, True)


class Harmful:
    """What would run if a file of weights were unpickled like any other."""

    def __reduce__(self) -> tuple[Callable[..., object], tuple[str]]:
        return (print, ("run",))


@pytest.mark.parametrize(
    ("weights", "message"),
    [
        ({"1.weight": Harmful()}, "weights.pt: "),
        ({"1.weight": torch.zeros(4, 1, 80)}, "weights.pt: RuntimeError: Error"),
        (3, "weights.pt: "),
    ],
)
def test_weights_are_tensors_that_fit_and_nothing_else(
    folder: Path, capsys: pytest.CaptureFixture[str], weights: Any, message: str
) -> None:
    torch.save(weights, folder / "weights.pt")
    with pytest.raises(InputError) as caught:
        opened(folder)
    assert message in str(caught.value) and "state dict" in str(caught.value)
    assert "run" not in capsys.readouterr().out


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("import nowhere_at_all\n", "module.py: ModuleNotFoundError"),
        ("def small(:\n", "module.py: SyntaxError"),
        ("def small():\n    return 1 / 0\n", "module.py:small: ZeroDivisionError"),
        ("def small():\n    return 3\n", "module.py:small: an object of int"),
    ],
)
def test_a_file_that_brings_no_network_is_named(folder: Path, source: str, message: str) -> None:
    (folder / "module.py").write_text(source)
    with pytest.raises(InputError) as caught:
        opened(folder)
    assert message in str(caught.value)


def test_a_module_leaves_no_compiled_copy_and_is_read_anew(folder: Path) -> None:
    opened(folder)
    assert not list(folder.rglob("__pycache__"))
    (folder / "module.py").write_text(MODULE.replace("def small", "def smart"))
    assert load_module.of_file(folder / "module.py", "smart", folder / "weights.pt").root is not None


def test_frames_that_are_not_those_of_the_length_are_refused(folder: Path) -> None:
    taken = opened(folder, layers=["1"])
    (layer,) = taken.layers
    cut = Measured(layer.name, layer.axes, layer.timing, layer.whole, layer.steps, layer.frames + 30)
    with pytest.raises(InputError, match=r"anna-1: 200 frames of 1\n.*230"):
        next(Network(taken.loaded, taken.given, [cut], taken.grids, CPU).evoked(SEGMENTS, audio(folder)))


def test_an_utterance_that_is_too_short_and_one_that_gives_no_numbers_are_named(folder: Path) -> None:
    taken = opened(folder)
    soundfile.write(folder / "anna.wav", np.full(40, 0.1), 2 * RATE, subtype="FLOAT")
    with pytest.raises(InputError, match=r"anna-1: .*module.py:small, fails: RuntimeError: .*[Kk]ernel"):
        next(taken.evoked(SEGMENTS, audio(folder)))
    with torch.no_grad():
        taken.loaded.root.get_submodule("1").weight[0] = torch.inf
    with pytest.raises(InputError, match="ben-1: 1 with numbers that are not finite"):
        next(taken.evoked(SEGMENTS[1:], audio(folder)))


def test_the_example_of_the_pages_is_measured_and_its_settings_are_valid() -> None:
    page = (ROOT / "docs" / "models.md").read_text(encoding="utf-8")
    (code,) = re.findall(r"```python\n(.*?)```", page, re.DOTALL)
    first, last = measured(built(code, "network"), "1", "3", given=Given(16000))
    assert (first.timing, last.timing) == (Timing(160, 199.5, 400), Timing(320, 519.5, 1040))
    overlay = re.findall(r"\n\n((?:    .*\n)+)", page)[0]
    settings = completed(yaml.safe_load(textwrap.dedent(overlay)), ROOT / "config.yaml")
    validate(settings, ROOT / "workflow" / "schemas" / "config.schema.yaml")
    assert [(one.name, one.kind) for one in resolve(settings).values()] == [("theirs", "model"), ("laid_out", "layout")]


def test_a_network_that_takes_other_axes_is_named_with_what_it_is_given(folder: Path) -> None:
    source = "from torch import nn\n\n\ndef small():\n    return nn.Sequential(nn.Conv2d(1, 4, 3))\n"
    (folder / "module.py").write_text(source)
    torch.save(built(source).state_dict(), folder / "weights.pt")
    with pytest.raises(InputError, match=r"noise: .*module\.py:small, fails: RuntimeError(?s:.*)of shape \(1, 8000\)"):
        opened(folder, layers=["0"])


def test_what_was_measured_is_read_again(folder: Path) -> None:
    (folder / "weights.pt").rename(folder / "own.pt")
    named = settings(folder, layers=["1", {"name": "3", "rows": 1, "columns": 8, "torus": True}])
    written = measure_model(folder / "measured.tsv", named, *load_model(named, folder / "own.pt", LOG_MEL))
    layers, grids = zip(*read_measured(folder / "measured.tsv"), strict=True)
    assert list(layers) == written
    assert [(one.rows, one.columns, one.torus) for one in grids] == [(2, 2, False), (1, 8, True)]
    assert [one.timing for one in layers] == [Timing(40, 19.5, 80), Timing(40, 19.5, 160)]
