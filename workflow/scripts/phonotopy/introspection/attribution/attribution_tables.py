"""Columns of the tables that compare methods of attribution."""

from phonotopy.core.columns import Column, Table, shared
from phonotopy.introspection.attribution.by_speaker_and_phone import TESTED
from phonotopy.introspection.attribution.explanations import METHODS

__all__ = ["AGREEMENT", "ANOTHER", "COURSES", "TABLE"]

ANOTHER = "other_token"
NAMES = ", ".join(f"`{name}`" for name in METHODS)
SCORES = (
    "`completeness`: how far the sum of attributions is from the "
    "difference of score and baseline score, as a share of it; "
    "`completeness_silence` the same where the baseline is the mean frame outside phones; `deletion`: area under the "
    "score over the fraction of cells set to 0 in the order of the method, in mean differences between the score of "
    "all cells and of none; `insertion`: the same when all others are 0; `inside`: share of the attribution's size in "
    "frames of the token's interval ± 40 ms; `same_phone`: correlation of a speaker's mean attribution with those of "
    "the other speakers for the same phone; `redrawn_1`, …: rank correlation of sizes over cells with those of the "
    "network whose weights from this layer up, read-out included, are random, the highest number the read-out alone"
)
TABLE = Table(
    "attribution.tsv",
    rows="one row per method, score, control and phone, and the mean over phones",
    columns={
        "method": Column("", f"{NAMES}, or `energy`: the size of the feature"),
        **shared("phone"),
        "score": Column("", SCORES),
        "against": Column(
            "",
            "the control: `random`: cells in random order; `energy`: cells by size; `untrained`: the method's "
            "attributions in the network before training; `other_phones`: the same correlation with other phones of "
            f"these speakers; `{ANOTHER}`: correlation with the attribution, all weights intact, of another "
            "token of the speaker, of another phone; empty where there is none",
        ),
        **TESTED,
        "null": Column("", "`speakers` (t) or `labels` (phones permuted within speakers); empty where p is"),
        "q": Column(
            "fraction",
            "p after Benjamini and Hochberg over the phones of a method, score and control; in rows `mean` over "
            "methods",
        ),
        "status": Column("", "`ok`, or `not testable`: under 3 speakers, or nothing varies"),
    },
)
AGREEMENT = Table(
    "attribution_agreement.tsv",
    rows="one row per pair of methods",
    columns={
        "first": Column("", f"{NAMES}, `energy`, or one of those with a baseline, from `_silence`"),
        "second": Column("", "another one"),
        **{name: column for name, column in TESTED.items() if name not in ("value", "control")},
        "value": Column("", "rank correlation of sizes over cells, of the same token; mean over tokens, then speakers"),
        "control": Column("", "the same, the second of another token of the speaker, of another phone"),
        "q": Column("fraction", "p after Benjamini and Hochberg over pairs"),
        "status": TABLE.columns["status"],
    },
)
COURSES = Table(
    "attribution_curves.tsv",
    rows="one row per method or control, curve and fraction",
    columns={
        "method": Column("", f"{NAMES}, `random` or `energy`"),
        "curve": Column("", "`deletion`: the first cells are 0; `insertion`: all others are"),
        "fraction": Column("fraction", "of the cells, in the order of the method"),
        "value": Column("", "score, from 0 where all cells are 0 to 1 where none is, in means over all tokens"),
        "low": TESTED["low"],
        "high": TESTED["high"],
        "speakers": Column("count", "with tokens"),
    },
)
