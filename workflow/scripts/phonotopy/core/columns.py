"""What the columns of a table mean, said beside the code that fills them."""

from collections.abc import Mapping
from dataclasses import dataclass

__all__ = ["Column", "Table", "shared"]


@dataclass(frozen=True)
class Column:
    """The unit of a column, if it has one, and its meaning; of an array, its shape."""

    unit: str
    meaning: str


@dataclass(frozen=True)
class Table:
    """A file of results: its `name`, what has one of its `rows`, its columns in order, and a paragraph more."""

    name: str
    rows: str
    columns: Mapping[str, Column]
    note: str = ""


SHARED: Mapping[str, Column] = {  # columns that mean the same in every table that has them
    "corpus": Column("", "the setting `corpus.name`"),
    "condition": Column("", "name in `conditions`"),
    "seed": Column("", "of the training"),
    "split": Column("", "`train`, `dev` or `test`; no speaker of `test` is in another split"),
    "utterance": Column("", "as in `utterances.tsv`"),
    "speaker": Column("", "who speaks"),
    "layer": Column("", "number of the hidden layer, from 1"),
    "unit": Column("", "number of the unit in its layer, from 0"),
    "row": Column("grid steps", "position of the unit, from 0"),
    "column": Column("grid steps", "position of the unit, from 0"),
    "phone": Column("", "label of the inventory"),
    "contrast": Column(
        "response", "the difference of d_prime within a resampling unit (speaker or utterance), mean over them"
    ),
    "t": Column("", "one-sample t-test of the contrast over resampling units"),
    "responsive": Column(
        "", "`true` where d_prime and q meet `mapping.responsive_d_prime` and `mapping.false_discovery_rate`"
    ),
    "observed": Column("as the statistic", "its value"),
    "null": Column("", "`positions`: unit positions permuted, the same permutation for all maps"),
    "null_mean": Column("as the statistic", "mean over surrogates"),
    "null_sd": Column("as the statistic", "standard deviation over surrogates"),
    "permutations": Column("count", "surrogates"),
    "alternative": Column("", "`two-sided` or `greater`"),
    "null_seed": Column("", "the setting `seed`, from which surrogates were sampled"),
    "p": Column(
        "", "(M + 1)/(R + 1), M of R surrogates at least as extreme; two-sided: twice the smaller side, at most 1"
    ),
    "p_family": Column(
        "",
        "p against the most extreme phone of the layer under each surrogate (standardised): the chance of any false "
        "rejection in the layer is at most the level; empty in rows `mean`",
    ),
    "q": Column(
        "fraction", "p after Benjamini and Hochberg over the phones of the layer; in rows `mean` over the layers"
    ),
    "weights": Column("", "`queen` (8 neighbours) or `rook` (4)"),
}


def shared(*names: str) -> dict[str, Column]:
    """The named columns, as every table has them."""
    return {name: SHARED[name] for name in names}
