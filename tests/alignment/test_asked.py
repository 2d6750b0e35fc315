"""What an alignment is asked for is a split or a sample of it, the same in every run."""

from phonotopy.alignment.asked import Part
from phonotopy.corpus.utterances import Utterance

CORPUS = [
    Utterance(f"{split}{n}", "ann", split, "x.wav", 1.0, 8000, "six") for n in range(50) for split in ("train", "dev")
]


def test_a_split_is_asked_for_whole() -> None:
    assert Part("dev").of(CORPUS) == [one for one in CORPUS if one.split == "dev"]
    assert Part("test").of(CORPUS) == []


def test_a_sample_is_random_in_order_and_the_same_again() -> None:
    first, again, other = (Part("train", 20, seed).of(CORPUS) for seed in (1, 1, 2))
    assert first == again != other
    assert first == sorted(set(first), key=CORPUS.index)
    assert (len(first), {one.split for one in first}) == (20, {"train"})
    assert Part("train", 20, 1).of(CORPUS[::2]) == first, "other splits have no say in it"
    assert Part("train", 50, 1).of(CORPUS) == Part("train", 99, 1).of(CORPUS) == Part("train").of(CORPUS)
