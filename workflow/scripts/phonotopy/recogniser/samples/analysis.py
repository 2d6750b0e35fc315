"""What a recogniser is given: log-mel frames, or the samples themselves, by the setting `training.features.kind`."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from phonotopy.core.grid import fit
from phonotopy.recogniser.features import LogMel
from phonotopy.recogniser.network import Layer

__all__ = ["Waveform", "analysis_of", "first_layer", "kind_of"]

Kind = Literal["log_mel", "waveform"]
LEAST_DEVIATION = 1e-5  # of full scale; keeps digital silence from being blown up


@dataclass(frozen=True)
class Waveform:
    """Samples cut into hops; sample ``hop // 2`` of frame ``t`` lies at ``t · hop_s`` seconds.

    The `filters` of the first hidden layer, each `window_s` long, look at them every `hop_s` (bib key collobert2016).
    """

    sample_rate_hz: int
    window_s: float
    hop_s: float
    filters: int

    @property
    def hop(self) -> int:
        """Samples between frames."""
        return round(self.hop_s * self.sample_rate_hz)

    @property
    def window(self) -> int:
        """Samples of a filter."""
        return round(self.window_s * self.sample_rate_hz)

    @property
    def width(self) -> int:
        """Samples of a frame."""
        return self.hop

    @property
    def missing(self) -> Literal["last", "zero"]:
        """Silence stands for a frame that rounding leaves out."""
        return "zero"

    def __call__(self, samples: NDArray[np.float32]) -> NDArray[np.float32]:
        """Samples ``(frames, hop)`` with mean 0 and standard deviation 1 over the utterance, zeros beyond it."""
        frames, before = 1 + len(samples) // self.hop, self.hop // 2
        exact = samples.astype(np.float64)
        scaled = (exact - exact.mean()) / max(float(exact.std()), LEAST_DEVIATION)
        cut = np.zeros(frames * self.hop, dtype=np.float32)
        kept = scaled[: len(cut) - before]
        cut[before : before + len(kept)] = kept
        return cut.reshape(frames, self.hop)


def kind_of(settings: Mapping[str, Any]) -> Kind:
    """Which features settings name; log-mel features need no name, and had none before there were others."""
    kind: Kind = settings.get("kind", "log_mel")
    return kind


def analysis_of(settings: Mapping[str, Any]) -> LogMel | Waveform:
    """The analysis of the settings `training.features`, or of those of a checkpoint, which may hold more."""
    kind: type[LogMel | Waveform] = LogMel if kind_of(settings) == "log_mel" else Waveform
    return kind(**{name: settings[name] for name in kind.__dataclass_fields__})


def first_layer(settings: Mapping[str, Any], *, torus: bool) -> list[Layer]:
    """The hidden layer that looks at samples, before those of the network; none where features are log-mel frames."""
    if kind_of(settings) == "log_mel":
        return []
    analysis = Waveform(**{name: settings[name] for name in Waveform.__dataclass_fields__})
    grid = fit(analysis.filters, "training.features.filters", torus=torus)
    return [Layer(analysis.filters, analysis.window, 1, grid, analysis.hop)]
