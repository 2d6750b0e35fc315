"""What bands and frames contribute to a region's response, also where the network looks at samples."""

from torch import Tensor

from phonotopy.introspection.sonification.back_projection import Method, RegionResponse, back_projected, projected
from phonotopy.introspection.sonification.resynthesis import Resynthesis
from phonotopy.recogniser.samples.analysis import Waveform

__all__ = ["contributions"]


def contributions(
    model: RegionResponse, method: Method, given: tuple[Tensor, Tensor, Tensor], resynthesis: Resynthesis
) -> Tensor:
    """Contributions ``(batch, frames, bands)`` of windows, features, lengths and weights of which are `given`.

    What leads back to samples is a signal. Its spectrum has the amplitude of deconvolved and guided signals, and with
    the gradient as signal, Re(G* X) is the derivative of the response by the gain of a bin of the input's spectrum X.
    """
    if not isinstance(resynthesis.analysis, Waveform):
        return back_projected(model, method, *given)
    hop = resynthesis.analysis.hop
    signal = resynthesis.forward(_signal(projected(model, method, *given), hop))
    if method == "gradient_input":
        bins = (signal.conj() * resynthesis.forward(_signal(given[0], hop))).real
    else:
        bins = signal.abs()
    found: Tensor = bins.transpose(-1, -2) @ resynthesis.filters
    return found


def _signal(frames: Tensor, hop: int) -> Tensor:
    """Frames ``(batch, frames, hop)`` as samples ``(batch, time)`` from the centre of the first frame on."""
    return frames.flatten(1)[:, hop // 2 :]
