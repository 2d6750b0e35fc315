"""Sentences: understandable, balanced over phones, apart by split, and frozen."""

import hashlib
import re
from collections import Counter, defaultdict
from itertools import islice
from pathlib import Path

import pocketsphinx
import pytest

from phonotopy.core import seeds
from phonotopy.core.errors import InputError
from phonotopy.core.inventory import read_inventory
from phonotopy.corpus.sentences import read_grammar, sentences, vocabulary
from phonotopy.corpus.utterances import SPLITS

RESOURCES = Path(__file__).parents[2] / "resources"
SEED = 1988
SIZES = {"train": (20, 100), "dev": (4, 50), "test": (8, 50)}  # speakers and sentences each, as the default has
VOWELS = set("AEIOU")


@pytest.fixture(scope="module")
def grammar():
    return read_grammar(RESOURCES / "grammar.tsv")


@pytest.fixture(scope="module")
def dictionary(grammar):
    """Pronunciations, as the aligner knows them, of the words of the grammar and of `an`."""
    wanted = grammar.words | {"an"}
    pronunciations = defaultdict(list)
    path = Path(pocketsphinx.get_model_path("en-us")) / "cmudict-en-us.dict"
    for line in path.read_text(encoding="utf-8").splitlines():
        entry, _, phones = line.partition(" ")
        word = entry.partition("(")[0]
        if word in wanted:
            pronunciations[word].append(phones.split())
    return pronunciations


@pytest.fixture(scope="module")
def said(grammar):
    """Sentences of the default's size: split, speaker, sentences."""
    return {
        split: {
            speaker: list(islice(sentences(grammar, split, speaker, SEED), count))
            for speaker in (f"{split}{number:02d}" for number in range(1, speakers + 1))
        }
        for split, (speakers, count) in SIZES.items()
    }


@pytest.fixture(scope="module")
def words(said):
    """Running words of every split."""
    return {
        split: [word for spoken in speakers.values() for sentence in spoken for word in sentence.split()]
        for split, speakers in said.items()
    }


def write(path, *rows):
    path.write_text("\n".join(["symbol\tkind\tweight\talternatives", *rows, ""]), encoding="utf-8")
    return path


def test_the_grammar_holds_many_words_that_the_aligner_knows(grammar, dictionary):
    assert len(grammar.words) >= 400
    assert [word for word in sorted(grammar.words) if word not in dictionary] == []


def test_sentences_hold_four_to_nine_words_of_letters_and_apostrophes(said):
    for speakers in said.values():
        for sentence in (sentence for spoken in speakers.values() for sentence in spoken):
            assert re.fullmatch(r"[a-z']+( [a-z']+){3,8}", sentence)


def test_the_article_agrees_with_the_sound_that_follows(said, dictionary):
    pairs = [
        pair
        for speakers in said.values()
        for spoken in speakers.values()
        for sentence in spoken
        for pair in re.findall(r"\b(an?) ([a-z']+)", sentence)
    ]
    assert {article for article, _ in pairs} == {"a", "an"}
    for article, word in pairs:
        assert (article == "an") == all(phones[0][0] in VOWELS for phones in dictionary[word]), word


def test_the_article_before_a_vowel_is_an_for_every_word_of_the_grammar(grammar, dictionary):
    after = {word for word in grammar.words if (word[0] in "aeiou") != (dictionary[word][0][0][0] in VOWELS)}
    assert after <= {"europe", "hour"}  # which no article precedes in any rule, but in `an hour`, written out


def test_a_speaker_repeats_nothing_and_splits_share_nothing(said):
    whole = {split: [line for spoken in speakers.values() for line in spoken] for split, speakers in said.items()}
    for speakers in said.values():
        assert all(len(set(spoken)) == len(spoken) for spoken in speakers.values())
    for split in SPLITS:
        others = set().union(*(whole[other] for other in SPLITS if other != split))
        assert others.isdisjoint(whole[split])
        assert len(set(whole[split])) > 0.98 * len(whole[split])


@pytest.mark.parametrize(("split", "least", "most"), [("test", 0.11, 0.16), ("dev", 0.09, 0.16)])
def test_a_tenth_of_the_words_is_unseen_in_training(words, split, least, most):
    trained = set(words["train"])
    types = set(words[split])
    assert least <= len(types - trained) / len(types) <= most
    assert least <= sum(word not in trained for word in words[split]) / len(words[split]) <= most


def test_words_reserved_for_a_split_stand_in_no_other(grammar):
    own, common = {}, {}
    for split in SPLITS:
        there = vocabulary(grammar, split, SEED)
        own[split] = {word for choice in there.reserved.values() for parts in choice.alternatives for word in parts}
        common[split] = {word for choice in there.common.values() for parts in choice.alternatives for word in parts}
    assert not own["train"]
    assert len(own["test"]) > 50
    assert len(own["dev"]) > 40
    assert common["train"] == common["dev"] == common["test"]
    assert own["test"].isdisjoint(own["dev"] | common["train"])
    assert own["dev"].isdisjoint(common["train"])


def test_every_phone_is_frequent_in_every_split(said, dictionary):
    labels = set(read_inventory(RESOURCES / "phones.tsv").labels)
    for split, speakers in said.items():
        counts, voices = Counter(), defaultdict(set)
        for speaker, spoken in speakers.items():
            phones = [phone for line in spoken for word in line.split() for phone in dictionary[word][0]]
            counts.update(phones)
            for phone in phones:
                voices[phone].add(speaker)
        assert set(counts) == labels, split
        assert min(counts.values()) >= {"train": 100, "dev": 12, "test": 35}[split], counts.most_common()[-3:]
        assert min(map(len, voices.values())) >= {"train": 20, "dev": 3, "test": 8}[split]


def test_the_corpus_is_frozen(said):
    """A change of the sentences is a new corpus: results before and after it cannot be compared."""
    lines = [f"{speaker}\t{line}" for speakers in said.values() for speaker in speakers for line in speakers[speaker]]
    assert (
        hashlib.sha256("\n".join(lines).encode()).hexdigest()
        == "06fc13e6bd510e3711e3b94acf4685d812f0fba18b5a42ddaf9689f3c695d10e"
    )


def test_sentences_depend_on_seed_and_speaker_alone(grammar):
    def first(split="test", speaker="test01", seed=SEED, count=20):
        return list(islice(sentences(grammar, split, speaker, seed), count))

    assert first(count=5) == first()[:5]
    assert set(first()).isdisjoint(first(seed=SEED + 1))
    assert set(first()).isdisjoint(first(speaker="test02"))


def test_alternatives_share_the_weight_of_their_row(tmp_path):
    path = write(tmp_path / "g.tsv", "SENTENCE\trule\t1\tX X X X", "X\tfunction\t3\ta | b", "X\tfunction\t1\tc")
    there = vocabulary(read_grammar(path), "train", SEED)
    generator = seeds.stream("test")
    counts = Counter(word for _ in range(4000) for word in there.expand("SENTENCE", 1, generator))
    assert {word: pytest.approx(count / 16000, abs=0.015) for word, count in counts.items()} == {
        "a": 0.375, "b": 0.375, "c": 0.25,
    }  # fmt: skip


def test_a_form_passes_through_rules(tmp_path):
    path = write(
        tmp_path / "g.tsv",
        "SENTENCE\trule\t1\tthey VERB_PHRASE.3 it VERB_PHRASE",
        "VERB_PHRASE\trule\t1\tVERB.* all VERB.2",
        "VERB\tcontent\t1\tsing/sings/sang",
    )
    there = vocabulary(read_grammar(path), "train", SEED)
    spoken = " ".join(there.expand("SENTENCE", 1, seeds.stream("test")))
    assert spoken == "they sang all sings it sing all sings"


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        (["SENTENCE\trule\t1\tthe WORD"], "a reference to WORD"),
        (["WORD\tcontent\t1\tcat/cats"], "a reference to SENTENCE"),
        (["SENTENCE\trule\t1\tthe WORD.3", "WORD\tcontent\t1\tcat/cats"], "form 3 of cat/cats"),
        (["SENTENCE\trule\t1\tPART.3", "PART\trule\t1\tWORD.*", "WORD\tcontent\t1\tcat/cats"], "form 3 of cat/cats"),
        (["SENTENCE\trule\t1\tthe PART", "PART\trule\t1\tor SENTENCE"], "SENTENCE within SENTENCE"),
        (["SENTENCE\trule\t1\tthe cat", "WORD\tcontent\t1\tdog"], "the symbol WORD in no sentence"),
        (["SENTENCE\trule\t1\tthe cat WORD", "WORD\tcontent\t1\tcat"], "'cat' in WORD and elsewhere"),
        (["SENTENCE\trule\t1\tWORD", "WORD\tcontent\t1\tcut/cuts | cuts/cut"], "'cuts' in WORD and elsewhere"),
        (["SENTENCE\trule\t1\tWORD", "WORD\tcontent\t1\tcat", "WORD\tfunction\t1\tthe"], "WORD of two kinds"),
        (["SENTENCE\trule\t0\tthe cat"], "the weight 0.0"),
        (["SENTENCE\trule\tnan\tthe cat"], "the weight nan"),
        (["SENTENCE\tverse\t1\tthe cat"], "the kind 'verse'"),
        (["SENTENCE\trule\t1\tthe cat | "], "an empty or long alternative"),
        (["SENTENCE\trule\t1\tWORD", "WORD\tfunction\t1\tof the"], "an empty or long alternative"),
        (["SENTENCE\trule\t1\tthe café"], "'café' in SENTENCE"),
        (["SENTENCE\trule\t1\tWORD", "WORD\tcontent\t1\tOTHER", "OTHER\tcontent\t1\tcat"], "'OTHER' in WORD"),
    ],
)
def test_a_grammar_that_cannot_work_is_refused(tmp_path, rows, message):
    with pytest.raises(InputError, match=re.escape(message)) as refusal:
        read_grammar(write(tmp_path / "g.tsv", *rows))
    assert refusal.value.subject == str(tmp_path / "g.tsv")


def test_an_exhausted_grammar_says_so(tmp_path):
    path = write(tmp_path / "g.tsv", "SENTENCE\trule\t1\tthe WORD can WORD", "WORD\tfunction\t1\tcat | dog | owl")
    grammar = read_grammar(path)
    spoken = {}
    for split in SPLITS:
        lines = spoken[split] = []
        with pytest.raises(InputError, match=rf"\d different sentences for speaker {split}01"):
            lines.extend(sentences(grammar, split, f"{split}01", SEED))
    everything = [line for lines in spoken.values() for line in lines]
    assert len(everything) == len(set(everything)) == 9  # each sentence falls to exactly one split
