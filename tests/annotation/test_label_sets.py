"""Labels and tiers of other aligners, corpora and languages become intervals of the inventory."""

import unicodedata
from pathlib import Path

import pytest

from phonotopy.annotation.intervals import Interval, Span, labelled
from phonotopy.annotation.label_sets import Label, Labels, read_labels
from phonotopy.annotation.tiers import find_tier
from phonotopy.core.errors import InputError
from phonotopy.core.inventory import OTHER, SILENCES, read_inventory
from phonotopy.core.tables import read_table

RESOURCES = Path(__file__).parents[2] / "resources"
INVENTORY = read_inventory(RESOURCES / "phones.tsv")
PHONES = INVENTORY.labels
TABLES = {name: read_labels(RESOURCES / "labels" / f"{name}.tsv", PHONES) for name in ("arpabet", "mfa", "timit")}
VOWELS = [phone.label for phone in INVENTORY.phones if phone.manner in ("vowel", "diphthong")]
# Phones of the dictionaries english_us_arpa 3.0 and english_us_mfa 2.0 to 3.1, as their makers list them.
MFA_ARPA = [f"{vowel}{stress}" for vowel in VOWELS for stress in "012"] + [p for p in PHONES if p not in VOWELS]
MFA_IPA = """aj aw b bʲ c cʰ cʷ d dʒ dʲ d̪ ej f fʲ h i iː j k kʰ kʷ l m mʲ m̩ n n̩ ow p pʰ pʲ pʷ s t tʃ tʰ tʲ tʷ t̪ v vʲ w z
æ ç ð ŋ ɐ ɑ ɑː ɒ ɒː ɔj ə ɚ ɛ ɝ ɟ ɟʷ ɡ ɡʷ ɪ ɫ ɫ̩ ɱ ɲ ɹ ɾ ɾʲ ɾ̃ ʃ ʉ ʉː ʊ ʎ ʒ ʔ θ"""
# Lee and Hon (1989): classes of the 61 labels that count as one.
LEE_HON = (
    """aa ao|ah ax ax-h|er axr|hh hv|ih ix|l el|m em|n en nx|ng eng|sh zh|uw ux|pcl tcl kcl bcl dcl gcl h# pau epi"""
)
KEPT_APART = {"ao": "AO", "zh": "ZH"}  # since the inventory has both


def test_every_phone_of_the_aligners_is_known_and_every_phone_of_the_inventory_is_reached():
    assert len(MFA_ARPA) == 69 and set(MFA_ARPA) <= set(TABLES["arpabet"])
    assert {unicodedata.normalize("NFC", label) for label in MFA_IPA.split()} <= set(TABLES["mfa"])
    for table in TABLES.values():
        assert {label.name for label in table.values()} - {"SIL", OTHER} == set(PHONES)


def test_stress_is_kept():
    arpabet = TABLES["arpabet"]
    assert all(arpabet[f"{vowel}{stress}"] == (vowel, stress) for vowel in VOWELS for stress in range(3))
    assert {label.stress for name, label in arpabet.items() if name[-1] not in "012"} == {None}


def test_timit_is_folded_as_by_lee_and_hon():
    timit = TABLES["timit"]
    assert len(timit) == 61
    for group in LEE_HON.split("|"):
        names = [label for label in group.split() if label not in KEPT_APART]
        assert len({timit[name].name for name in names}) == 1, group
    assert {label: timit[label].name for label in KEPT_APART} == KEPT_APART
    assert timit["q"].name == OTHER and timit["tcl"].name == "SIL"
    folded = {label.name for label in timit.values()}
    assert len(folded) == 39 + len({"SIL", OTHER})


def test_the_tables_agree_with_the_inventory_on_what_is_written_alike():
    """An IPA symbol of the inventory means its own phone in the table of MFA, length marks and diphthongs aside."""
    ipa = {row["ipa"]: row["label"] for row in read_table(RESOURCES / "phones.tsv")}
    shared = set(ipa) & set(TABLES["mfa"])
    assert len(shared) > 30
    assert all(TABLES["mfa"][symbol].name == ipa[symbol] for symbol in shared)


def test_what_a_table_names_comes_before_silence_and_the_inventory():
    labels = Labels(("A", "B", "#"), {"B": Label("A"), "x": Label(OTHER), "#": Label("B")})
    assert [labels.of(text).name for text in ("A", "B", "x", "#", "sp", "")] == ["A", "A", OTHER, "B", "SIL", "SIL"]
    with pytest.raises(InputError, match="unknown label 'C'"):
        labels.of("C")
    assert Labels(("A",), outside="leave_out").of("C") == (OTHER, None)


@pytest.mark.parametrize("text", ["c\u0327", "\u00e7"])
def test_composed_and_decomposed_letters_are_one(text):
    assert Labels(PHONES, TABLES["mfa"]).of(text).name == "HH"


def test_speech_outside_the_inventory_is_neither_phone_nor_silence():
    spans = [Span(0.0, 0.2, "q"), Span(0.2, 0.5, "iy"), Span(0.5, 0.7, "tcl"), Span(0.7, 1.0, "h#")]
    assert labelled(spans, [], 1.0, Labels(PHONES, TABLES["timit"])) == [
        Interval(0.0, 0.2, OTHER, None, ""),
        Interval(0.2, 0.5, "IY", None, ""),
        Interval(0.5, 1.0, "SIL", None, ""),
    ]


def test_a_language_of_its_own(tmp_path):
    """Tones of a made tone language, by a table without features, letters of any script."""
    (tmp_path / "tones.tsv").write_text("label\n˥\n˩\n", encoding="utf-8")
    (tmp_path / "labels.tsv").write_text("label\tphone\nĀ\t˥\nà\t˩\nmaʔ\tOTHER\n", encoding="utf-8")
    tones = read_inventory(tmp_path / "tones.tsv").labels
    labels = Labels(tones, read_labels(tmp_path / "labels.tsv", tones))
    words = [Span(0.0, 0.5, "媽"), Span(0.5, 1.0, "ма")]
    found = labelled([Span(0.1, 0.5, "Ā"), Span(0.5, 0.8, "à"), Span(0.8, 1.0, "˥")], words, 1.0, labels)
    assert [(interval.label, interval.word) for interval in found] == [
        ("SIL", ""),
        ("˥", "媽"),
        ("˩", "ма"),
        ("˥", "ма"),
    ]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("label\tphone\nx\tZZ\n", "label 'x' as 'ZZ'"),
        ("label\tphone\nx\tS\nx\tT\n", "label 'x' twice"),
        ("label\tphone\tstress\nx\tS\tstrong\n", "stress 'strong' of 'x'"),
        ("label\nx\n", "columns"),
    ],
)
def test_a_table_of_labels_that_is_wrong(tmp_path, text, found):
    (tmp_path / "labels.tsv").write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match=found):
        read_labels(tmp_path / "labels.tsv", PHONES)


@pytest.mark.parametrize(
    ("present", "names", "expected"),
    [
        (["words", "phones"], ["phones", "phone"], "phones"),
        (["phone", "phones"], ["phones", "phone"], "phones"),
        (["word", "phone"], ["phones", "phone"], "phone"),
        (["ORT-MAU", "KAN-MAU", "MAU"], ["phones", "MAU"], "MAU"),
        (["Words", "Phones"], ["phones"], "Phones"),
        (["ben - phones", "anna - phones", "anna - words"], ["phones"], "anna - phones"),
        (["Anna - phone", "Anna - word"], ["phones", "phone"], "Anna - phone"),
        (["8842 - phones"], ["phones"], "8842 - phones"),
        (["phones", "anna - phones"], ["phones"], "phones"),
        (["telephones", "phones2"], ["phones"], None),
        ([], ["phones"], None),
    ],
)
def test_names_of_tiers(present, names, expected):
    assert find_tier(present, names, "anna") == expected


def test_tiers_of_several_others_are_refused():
    with pytest.raises(InputError, match="tiers of several speakers: ben - phones, cleo - phones"):
        find_tier(["ben - phones", "cleo - phones"], ["phones"], "anna")


def test_no_name_of_silence_is_a_phone():
    assert not SILENCES & set(PHONES)
