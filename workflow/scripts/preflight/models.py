"""Networks of others that conditions name: bundles of torchaudio, and modules of one's own."""

import difflib
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from phonotopy.core.errors import InputError
from phonotopy.download.catalogue import Source, read_catalogue

__all__ = [
    "BESIDE",
    "BUNDLES",
    "DEFAULTS",
    "bundle",
    "check",
    "file_of",
    "parts",
    "published",
    "sources",
    "standing_for",
]

Settings = Mapping[str, Any]
BUNDLES = "torchaudio:"  # begins the name of a pipeline of torchaudio
TABLE = Path(__file__).parents[3] / "resources" / "weights.tsv"
OWN = re.compile(r"(?P<path>[^:]+\.py):(?P<function>[A-Za-z_]\w*)")
BESIDE = ("weights", "layers", "input", "sample_rate_hz")  # settings that belong to a model
DEFAULTS: Settings = {"input": "waveform", "weights": ""}
COMMON_UNITS = 768  # of a layer of a transformer: for estimates of time and room, before anybody has looked


def bundle(model: str) -> str:
    """The name of the bundle of torchaudio that a model is, or nothing."""
    return model.removeprefix(BUNDLES) if model.startswith(BUNDLES) else ""


def file_of(model: str) -> str:
    """The Python file of a module of one's own."""
    return model.rpartition(":")[0]


def parts(model: str) -> dict[str, str]:
    """What a job needs to know: the name of a bundle of torchaudio, or nothing, a file and a function in it."""
    path, _, function = ("", "", "") if bundle(model) else model.rpartition(":")
    return {"bundle": bundle(model), "file": path, "function": function}


def published() -> dict[str, Source]:
    """Where the weights of each bundle are."""
    return read_catalogue(TABLE)


def standing_for(layers: Sequence[object]) -> list[dict[str, int]]:
    """Layers of a network of this workflow that take about as much time and room as those that are named."""
    return [{"filters": COMMON_UNITS, "kernel": 1, "stride": 1} for _ in layers]


def check(name: str, own: Settings) -> None:
    """Raises InputError for a model that cannot be meant, and for settings of one where there is none."""
    subject = f"conditions.{name}"
    for setting in BESIDE if "model" not in own else ():
        if setting in own:
            raise InputError(f"{subject}.{setting}", f"{setting} without a model", "a model beside it", "take it out")
    if "model" not in own:
        return
    _check_name(f"{subject}.model", own["model"])
    if "layers" not in own:
        expected = "names of its submodules, as network.named_modules() lists them"
        raise InputError(f"{subject}.layers", "a model without layers", expected, "name those that are to be mapped")
    _check_layers(subject, own["layers"])
    _check_given(subject, own)


def _check_name(subject: str, model: str) -> None:
    name = bundle(model)
    if name and name not in published():
        close = difflib.get_close_matches(name, published(), n=1, cutoff=0.4)
        advice = f"did you mean {BUNDLES}{close[0]}?" if close else "choose one of resources/weights.tsv"
        raise InputError(subject, f"no bundle {name!r}", f"one of {', '.join(published())}", advice)
    if not name and not OWN.fullmatch(model):
        expected = f"{BUNDLES}<a bundle>, or path/of/a/module.py:<a function that returns a torch.nn.Module>"
        raise InputError(subject, f"the text {model!r}", expected, "write it as one of these")


def _check_layers(subject: str, layers: Sequence[str | Settings]) -> None:
    names = [one["name"] if isinstance(one, Mapping) else one for one in layers]
    for index, (name, one) in enumerate(zip(names, layers, strict=True)):
        if name in names[:index]:
            raise InputError(f"{subject}.layers[{index}]", f"{name} twice", "each layer once", "take one of them out")
        if isinstance(one, Mapping) and ("rows" in one) != ("columns" in one):
            found = f"{name} with {'rows' if 'rows' in one else 'columns'} alone"
            advice = "add the other number, or take both out"
            raise InputError(f"{subject}.layers[{index}]", found, "rows and columns of its grid", advice)


def _check_given(subject: str, own: Settings) -> None:
    """What a bundle takes is known, and log-mel features have the rate of training.features."""
    taken = {"waveform": "the sample rate of the bundle", "log_mel": "training.features.sample_rate_hz"}
    if bundle(own["model"]):
        for setting in ("weights", "input"):
            if setting in own:
                found, advice = f"{setting} beside a bundle of torchaudio, which has its own", f"take {setting} out"
                raise InputError(f"{subject}.{setting}", found, "none", advice)
    elif "weights" not in own:
        expected = "the path of a state dict, with {seed} where it differs between seeds"
        raise InputError(f"{subject}.weights", "a module without weights", expected, "name the file")
    form = own.get("input", DEFAULTS["input"])
    if "sample_rate_hz" in own and (bundle(own["model"]) or form == "log_mel"):
        advice = "take sample_rate_hz out"
        raise InputError(f"{subject}.sample_rate_hz", "a sample rate that is given already", taken[form], advice)


def sources(models: Sequence[str]) -> Iterator[Source]:
    """Where the weights of the bundles among some models are, each once."""
    named = dict.fromkeys(filter(None, map(bundle, models)))
    yield from (published()[name] for name in named)
