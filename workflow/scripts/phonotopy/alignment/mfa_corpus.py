"""A corpus as the Montreal Forced Aligner reads it (bib key mcauliffe2017)."""

from collections.abc import Iterable
from pathlib import Path

from phonotopy.core.files import replacing_folder
from phonotopy.corpus.utterances import Utterance

__all__ = ["lay_out"]


def lay_out(folder: str | Path, utterances: Iterable[Utterance]) -> None:
    """A folder per speaker, with a link to each recording and its transcript beside it; the whole appears at once."""
    with replacing_folder(folder) as part:
        for utterance in utterances:
            own = Path(part, utterance.speaker)
            own.mkdir(exist_ok=True)
            audio = Path(utterance.audio).absolute()
            Path(own, f"{utterance.utterance}{audio.suffix}").symlink_to(audio)
            Path(own, f"{utterance.utterance}.lab").write_text(f"{utterance.marked}\n", encoding="utf-8")
