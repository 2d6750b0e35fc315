"""The tables of acoustics, and what their columns mean."""

from phonotopy.core.columns import Column, Table, shared
from phonotopy.introspection.measure_maps import MEASURED
from phonotopy.introspection.measure_maps import TABLE as MAPS
from phonotopy.introspection.measures import columns_of

__all__ = ["ACOUSTICS", "CONTOURS", "MEASURES", "PHONES", "PREDICTION", "TABLES"]

NO_PRAAT, TOO_LOW, UNDEFINED = "no parselmouth", "sample rate too low", "not testable"
STATUS = (
    f"`ok`; `{NO_PRAAT}` (`make acoustics` installs it); `{TOO_LOW}`: recordings do not reach the ceiling of formants, "
    f"`{UNDEFINED}`: under two speakers in whom it is defined, a silent unit, or intensity given intensity"
)
PROPERTY = Column(
    "",
    "`f0` (semitones above the median of the speaker), `intensity` (dB), `harmonicity` (dB), `f1`, `f2`, `f3` (Hz, "
    "formants) or `centroid` (Hz, of the spectrum)",
)
CONTROL = Column(
    "",
    "`none`; held constant: `intensity` (partial correlation) or `phone` (deviations from the means of phones); to "
    "compare with: `shifted` (contours of another utterance of the speaker), `reversed` (contours backwards) or "
    "`untrained` (the network before training)",
)
ACOUSTICS = Table(
    "acoustics.tsv",
    rows="one row per layer, unit or mean, property and control",
    columns={
        **shared("layer"),
        "unit": Column(
            "",
            "number of the unit in its layer, from 0; `mean` of the responses of all units, or `standardised`: of "
            "their responses in standard deviations, which loud units do not rule",
        ),
        "row": Column("grid steps", "position of the unit, from 0; empty for means"),
        "column": Column("grid steps", "position of the unit, from 0; empty for means"),
        "property": PROPERTY,
        "control": CONTROL,
        "r": Column("", "correlation over speech frames at `lag_ms`, tanh of the mean over speakers of Fisher's z"),
        "lag_ms": Column("ms", "by which responses follow the sound, where the mean z is largest in size"),
        "t": Column("", "one-sample t-test of z at this lag over speakers; it does not know of the choice of the lag"),
        "speakers": Column("count", "in whom the property is defined"),
        "p": Column(
            "", "of the largest mean z over lags against random rotations of speakers, which knows of the choice"
        ),
        "q": Column("fraction", "p after Benjamini and Hochberg over the rows of a layer and control, units or means"),
        "permutations": Column("count", "rotations"),
        **shared("null_seed"),
        "status": Column("", STATUS),
    },
)
MAPS_TABLE = Table(
    "acoustic_maps.tsv",
    rows="one row per layer, measure, label and control",
    columns={
        **shared("layer"),
        "measure": Column(
            "",
            "`correlation` (r of acoustics.tsv), `best_band`, `latency` (acoustics_measures.tsv) or `d_prime` of "
            "phones, all tokens",
        ),
        "label": Column("", "the property or phone, `mean` over these, or empty"),
        "control": Column("", f"{CONTROL.meaning}; of phones `none`, or `acoustics` (beyond what acoustics predict)"),
        **{name: column for name, column in MEASURED.items() if name != "layer"},
        "p_family": MAPS.columns["p_family"],
        **shared("permutations", "null_seed"),
        "status": MAPS.columns["status"],
    },
)
PREDICTION = Table(
    "acoustic_prediction.tsv",
    rows="one row per layer, property, network and predictor",
    columns={
        **shared("layer"),
        "property": PROPERTY,
        "network": Column("", "`trained` or `untrained`"),
        "predictor": Column("", "`layer` (all units, ridge regression), `mean` or `standardised` (their means)"),
        "r_squared": Column(
            "fraction", "of the variance within a speaker, learned from the others; mean over speakers"
        ),
        "low": Column("fraction", "least of the speakers"),
        "high": Column("fraction", "greatest of the speakers"),
        "speakers": Column("count", "in whom the property is defined"),
        "status": Column("", STATUS),
    },
)
CONTOURS = Table(
    "contours.tsv",
    rows="one row per layer, series, phone and time",
    columns={
        **shared("layer"),
        "series": Column("", "`mean` of the responses of all units, or `standardised`, see acoustics.tsv"),
        **shared("phone"),
        "tokens": Column("count", "of the phone"),
        "speakers": Column("count", "who say it"),
        "time": Column("fraction", "of the duration of a token, from its onset"),
        "value": Column(
            "response", "mean over speakers of the mean over tokens; in standard deviations if standardised"
        ),
        "low": Column("as value", "end of the 95 % interval over speakers (t)"),
        "high": Column("as value", "other end"),
        "status": Column("", "`ok` or `too few speakers`"),
    },
)
PHONES = Table(
    "acoustic_phones.tsv",
    rows="one row per layer, phone and control",
    columns={
        **shared("layer", "phone"),
        "control": Column(
            "",
            "`none`, or `acoustics`: of what is left of the response to a token when its properties, their voiced "
            "share and its log duration have predicted it linearly, learned from the other speakers",
        ),
        "responsive_units": Column("count", "as in selectivity.tsv"),
        "region_units": Column("count", "of the largest region"),
        "same_units": Column(
            "fraction", "of the largest region without control, those that lie in the one beyond acoustics"
        ),
        "agreement": Column("", "correlation over units of the map with that without control"),
        "status": Column(
            "", f"`ok`, `{UNDEFINED}`: too few tokens or speakers, `{NO_PRAAT}`: intensity and centroid alone"
        ),
    },
)
MEASURES = columns_of(
    "acoustics",
    {
        "best_band": "centre, in mel, of the band of features whose correlation with the response is largest over lags",
        "latency": "lag of this correlation, in ms, by which the response follows the band",
        "correlation": "r of acoustics.tsv without control; `label` is the property, halves at the same lag",
        "within_phone": "r given the phone",
        "untrained_best_band": "best_band before training",
    },
)
TABLES = (ACOUSTICS, MAPS_TABLE, PREDICTION, CONTOURS, PHONES, MEASURES)
