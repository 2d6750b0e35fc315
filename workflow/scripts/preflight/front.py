"""What a network is given, by the kind of its features: log-mel bands, or samples to a first layer of its own."""

from collections.abc import Mapping
from typing import Any

__all__ = ["OF_KIND", "analysis", "channels", "layers", "width"]

Settings = Mapping[str, Any]
OF_KIND: Mapping[str, tuple[str, ...]] = {  # the settings that belong to each kind of features
    "log_mel": ("sample_rate_hz", "window_s", "hop_s", "bands", "lowest_hz", "highest_hz"),
    "waveform": ("sample_rate_hz", "window_s", "hop_s", "filters"),
}


def analysis(features: Settings) -> dict[str, Any]:
    """The settings that matter, as checkpoints keep them; log-mel features, which were first, go without a name."""
    kind = features["kind"]
    named = {} if kind == "log_mel" else {"kind": kind}
    return named | {name: features[name] for name in OF_KIND[kind]}


def width(features: Settings) -> int:
    """Numbers in a frame: bands, or samples."""
    bands: int = features["bands"]
    return bands if features["kind"] == "log_mel" else round(features["hop_s"] * features["sample_rate_hz"])


def channels(features: Settings) -> int:
    """Numbers at one time of what the first layer looks at: bands, or one sample."""
    bands: int = features["bands"]
    return bands if features["kind"] == "log_mel" else 1


def layers(features: Settings, network: Settings) -> list[dict[str, int]]:
    """All hidden layers, that of the samples first; its kernel is in samples, its stride in frames."""
    window = round(features["window_s"] * features["sample_rate_hz"])
    first = {"filters": features["filters"], "kernel": window, "stride": 1}
    return [*([] if features["kind"] == "log_mel" else [first]), *network["layers"]]
