"""What a network of others is given: the samples of an utterance, or log-mel features as this workflow makes them."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import torch
from torch import Tensor

from phonotopy.audio.waveform import read_mono
from phonotopy.recogniser.features import LogMel

__all__ = ["Given", "Input", "given"]

Input = Literal["waveform", "log_mel"]
LOUDNESS = 0.1  # standard deviation of noise, of full scale


@dataclass(frozen=True)
class Given:
    """Samples ``(1, time)`` at a rate; with an `analysis`, frames ``(1, frames, bands)``."""

    sample_rate_hz: int
    analysis: LogMel | None = None

    @property
    def step_s(self) -> float:
        """From one sample, or frame, to the next; the first lies at 0 s."""
        return 1 / self.sample_rate_hz if self.analysis is None else self.analysis.hop_s

    @property
    def window_s(self) -> float:
        """What one of them looks at."""
        return 1 / self.sample_rate_hz if self.analysis is None else self.analysis.window_s

    def __call__(self, path: str | Path) -> Tensor:
        """Of a recording."""
        samples = read_mono(path, self.sample_rate_hz)
        return torch.from_numpy(samples if self.analysis is None else self.analysis(samples))[None]

    def noise(self, steps: int) -> Tensor:
        """So many samples, or frames, of white noise, always the same."""
        shape = (1, steps) if self.analysis is None else (1, steps, self.analysis.bands)
        white = torch.randn(shape, generator=torch.Generator().manual_seed(0))
        return white * LOUDNESS if self.analysis is None else white


def given(form: Input, sample_rate_hz: int, features: Mapping[str, Any]) -> Given:
    """Samples at the rate, or log-mel features as the settings `features` say, at theirs."""
    return Given(sample_rate_hz) if form == "waveform" else Given(features["sample_rate_hz"], LogMel(**features))
