"""Tables of sonification, and how trials become means over speakers."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
from scipy.special import stdtrit

from phonotopy.core.columns import Column, Table, shared
from phonotopy.inference.permutation import adjust
from phonotopy.introspection.measures import columns_of
from phonotopy.introspection.sonification.back_projection import METHODS
from phonotopy.introspection.sonification.mask_centroids import MEANINGS
from phonotopy.introspection.sonification.trial import CONTROLS
from phonotopy.selectivity.d_prime import t_test

__all__ = ["COMPARED", "EXAMPLES", "SUMMARY", "TABLES", "TRIALS", "summary_rows"]

Row = dict[str, Any]
COMPARED = ("shifted", "flipped", "random", "other_region")  # controls in the network as it was trained
SIMILAR = ("similarity_random_weights", "similarity_random")
FEWEST = 2  # speakers
SHARES = {
    "kept": Column(
        "fraction",
        "response of the region to the sound behind its mask, over that to the original; features "
        "of both have the mean and deviation of the original utterance",
    ),
    "shifted": Column(
        "fraction",
        "the same behind the mask half a window later; all controls let as much energy through "
        "as the mask does, as far as a mask of at most 1 can",
    ),
    "flipped": Column("fraction", "behind the mask with its bands in the opposite order"),
    "random": Column("fraction", "behind the mask of as many random units of the layer, outside the region"),
    "other_region": Column(
        "fraction", "behind the mask of the region of another of the phones, that that shares fewest units with it"
    ),
    "random_weights": Column(
        "fraction", "behind the mask of the same units in a network whose weights are all random anew"
    ),
}
SIMILARITIES = {
    "similarity_random_weights": Column(
        "",
        "correlation over cells of the mask with that of new random weights; high where the "
        "method ignores what was learned",
    ),
    "similarity_random": Column("", "the same with the mask of random units of the trained network"),
}
METHOD = Column("", "`deconvolution`, `guided_backpropagation` or `gradient_input` (gradient × input)")
TRIALS = Table(
    "sonification.tsv",
    rows="one row per layer, phone, method and speaker",
    columns={
        **shared("layer", "phone"),
        "method": METHOD,
        "token": Column("", "utterance and onset in s of the token that excites the region most, of this speaker"),
        **shared("speaker"),
        "units": Column("count", "of the largest region of the phone in the other half of the speakers"),
        **SHARES,
        **SIMILARITIES,
        "energy_share": Column("fraction", "of the energy in the window that the mask lets through"),
        "centroid_hz": Column("Hz", "mean frequency of the mask"),
        "file": Column(
            "",
            "in the folder `sounds`; empty where no sound is written: those of the strongest token of a "
            "phone alone are, and none with `report.private`",
        ),
        "status": Column(
            "",
            "`ok`, `no region` (in the other half of the speakers), `no token` (that excites it) or `no "
            "such label` (in the inventory)",
        ),
    },
)
SUMMARY = Table(
    "sonification_summary.tsv",
    rows="one row per layer and method; speakers are the observations, whose phones are averaged first",
    columns={
        **shared("layer"),
        "method": METHOD,
        "speakers": Column("count", "with a token"),
        "tokens": Column("count", "of all of them"),
        **SHARES,
        "difference": Column("fraction", "`kept` minus the mean of `shifted`, `flipped`, `random` and `other_region`"),
        "low": Column("fraction", "lower end of the 95 % interval of `difference`, by t over speakers"),
        "high": Column("fraction", "upper end"),
        "t": Column("", "of `difference` over speakers"),
        "p": Column("", "of that t, two-sided"),
        "q": Column("fraction", "p after Benjamini and Hochberg over layers and methods"),
        "above_random": Column(
            "fraction",
            "`kept` minus `random` and `other_region` alone, whose masks lie at the same "
            "time: is it this region, or anything in this token?",
        ),
        "above_random_low": Column("fraction", "lower end of its 95 % interval"),
        "above_random_high": Column("fraction", "upper end"),
        **SIMILARITIES,
        "status": Column("", f"`ok`, or `not testable`: under {FEWEST} speakers"),
    },
)
EXAMPLES = Table(
    "sonification_examples.tsv",
    rows="one row per layer, phone, frame and band of the strongest token; none with `report.private`",
    columns={
        **shared("layer", "phone"),
        "time_ms": Column("ms", "from the onset of the token"),
        "band_hz": Column("Hz", "centre of the band"),
        "original_db": Column("dB", "power, relative to the largest of the window"),
        "mask": Column("fraction", "of the region, by gradient × input"),
        "result_db": Column("dB", "power of the sound behind the mask, on the scale of the original"),
    },
)
PAGE = Table(
    "listening.html",
    rows="a page with a player per sound of the strongest token of each phone",
    columns={
        "layer": Column("", "whose region is excited; a line of players"),
        "original": Column("", "player of the token as it was recorded"),
        "method": Column("", "player of what the mask of a method leaves of it; lines beyond 2 MB are left out"),
    },
)
FOLDER = Table(
    "sounds",
    rows="a folder with a WAV file per sound of the page: 16 bits, one channel, the level of the recording",
    columns={
        "original": Column("", "`layer<n>_<phone>_original.wav`"),
        "method": Column("", "`layer<n>_<phone>_<method>.wav`, named in the column file of `sonification.tsv`"),
    },
)
TABLES = (TRIALS, SUMMARY, EXAMPLES, PAGE, FOLDER, columns_of("sonification", MEANINGS))


def summary_rows(trials: Sequence[Mapping[str, Any]], layers: Sequence[int]) -> list[Row]:
    """Rows of all layers and methods, from rows of trials."""
    rows = [_summed(trials, layer, method) for layer in layers for method in METHODS]
    q = adjust(np.array([row["p"] if row["p"] is not None else np.nan for row in rows]))
    return [row | {"q": float(value)} for row, value in zip(rows, q, strict=True)]


def _summed(trials: Sequence[Mapping[str, Any]], layer: int, method: str) -> Row:
    own = [row for row in trials if (row["layer"], row["method"], row["status"]) == (layer, method, "ok")]
    row: Row = {**dict.fromkeys(SUMMARY.columns), "layer": layer, "method": method, "tokens": len(own)}
    names = ("kept", *CONTROLS, *SIMILAR)
    speakers = dict.fromkeys(one["speaker"] for one in own)
    row |= {"speakers": len(speakers), "status": "not testable"}
    if len(speakers) < FEWEST:
        return row
    means = {
        name: np.array([_mean([one[name] for one in own if one["speaker"] == speaker]) for speaker in speakers])
        for name in names
    }
    row |= {name: _mean(values) for name, values in means.items()}
    all_of = dict(_interval(means["kept"] - np.mean([means[name] for name in COMPARED], axis=0)))
    same_time = dict(_interval(means["kept"] - (means["random"] + means["other_region"]) / 2))
    above = {"above_random": "difference", "above_random_low": "low", "above_random_high": "high"}
    return row | all_of | {name: same_time[of] for name, of in above.items()} | {"status": "ok"}


def _mean(values: Any) -> float:
    """Mean of the values that are defined; NaN without any."""
    known = np.asarray(values, dtype=np.float64)
    known = known[np.isfinite(known)]
    return float(known.mean()) if len(known) else float("nan")


def _interval(values: Any) -> Iterator[tuple[str, float]]:
    """Mean over speakers, the ends of its 95 % interval, t and p."""
    test, n = t_test(values[:, None]), len(values)
    half = float(stdtrit(n - 1, 0.975) * values.std(ddof=1) / np.sqrt(n))
    mean = float(values.mean())
    yield from {"difference": mean, "low": mean - half, "high": mean + half}.items()
    yield from {"t": float(test.t[0]), "p": float(test.p[0])}.items()
