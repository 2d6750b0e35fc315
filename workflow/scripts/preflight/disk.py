"""Room for a run, estimated from its settings before any job starts."""

import shutil
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

from phonotopy.core.errors import InputError
from phonotopy.corpus.utterances import SPLITS
from preflight import conditions, downloads, front

__all__ = ["estimate", "require", "size", "speech", "spoken"]

PHONES = 39
PHONES_PER_SECOND = 14.0  # of fast reading; slower speech needs less room
PACKED_BYTES_PER_SECOND = 8000.0  # of 8 kHz speech in FLAC or an archive; anything better is shorter for its size
FLAC_SHARE = 0.6  # of the size of 16-bit samples
LIBRISPEECH_BYTES_PER_SECOND = 17700.0  # of an archive: test-clean has 346.7 MB for 5.4 h
LIBRISPEECH_SPEAKER_S = 480.0  # the least that LibriSpeech holds of a speaker (Panayotov et al. 2015)
UNPACKED = 2.5  # times the size of an archive, or of MP3 once it is cut into FLAC
LETTERS = 30
SOUND_BYTES = 6000  # of a token: some 1,500 numbers in float32
CHECKPOINT_BYTES = 2 * 3 * 4  # of a weight: in the final and the resumable file, with two moments, in float32
MARGIN = 1.25  # tables, figures, logs, files that are being replaced

Settings = Mapping[str, Any]


def require(results: str | Path, needed: float) -> None:
    """Raises InputError where the disk of the folder `results` lacks `needed` bytes, less what already lies there."""
    folder = Path(results).absolute()
    present = next(path for path in (folder, *folder.parents) if path.exists())
    missing = needed - size(folder)
    free = shutil.disk_usage(present).free
    if missing > free:
        raise InputError(
            "results",
            f"{free / 1e9:.1f} GB are free for {folder}",
            f"room for about {missing / 1e9:.1f} GB",
            "free room, set `results` to a folder on a larger disk, or lower activations.tokens_per_phone_and_speaker",
        )


def size(path: Path) -> int:
    """Bytes of a file or of all files below a folder; 0 where there is none."""
    files = path.rglob("*") if path.is_dir() else [path]
    return sum(file.stat().st_size for file in files if file.is_file())


def estimate(settings: Settings) -> dict[str, float]:
    """Bytes of each large kind of output, for validated settings."""
    features, seeds = settings["training"]["features"], len(settings["training"]["seeds"])
    speech_s, mapped_s, speakers = speech(settings)
    resolved = conditions.resolve(settings).values()
    found = [one for one in resolved if one.kind != "layout"]
    laid_out = {one.origin for one in resolved if one.kind == "layout" and one.value != conditions.UNFITTED}
    networks = [front.layers(features, one.network) for one in found]
    units = sum(layer["filters"] for layers in networks for layer in layers)
    cap = settings["activations"]["tokens_per_phone_and_speaker"] * PHONES * speakers
    return {
        "archives": downloads.same_disk(settings),
        "audio": _audio(settings, speech_s),
        "features": speech_s / features["hop_s"] * front.width(features) * 4,
        "checkpoints": seeds
        * CHECKPOINT_BYTES
        * sum(_weights(front.channels(features), layers) for layers in networks),
        "tokens": seeds * min(cap, mapped_s * PHONES_PER_SECOND) * units * 4,
        "sound": min(settings["activations"]["described_tokens"], cap, mapped_s * PHONES_PER_SECOND) * SOUND_BYTES,
        "comoments": seeds
        * sum(
            8 * layer["filters"] ** 2
            for one, layers in zip(found, networks, strict=True)
            for layer in layers
            if one.name in laid_out
        ),
        "cells": seeds * sum(_cells(settings, layers, speakers) for layers in networks),
    }


def speech(settings: Settings) -> tuple[float, float, float]:
    """Seconds of speech, seconds of mapped speech, and mapped speakers (unknown, hence unlimited, for recordings)."""
    corpus, splits = settings["corpus"], settings["activations"]["splits"]
    mapped_s = spoken(settings, splits)
    if corpus["source"] == "synthetic":
        speakers = sum(corpus["synthetic"]["speakers"][split] for split in splits)
    else:
        speakers = mapped_s / LIBRISPEECH_SPEAKER_S if corpus["source"] == "librispeech" else 100.0
    return spoken(settings, SPLITS), mapped_s, speakers


def spoken(settings: Settings, splits: Collection[str]) -> float:
    """Seconds of speech of the named splits; of recordings, whose splits are not known beforehand, all of it."""
    corpus = settings["corpus"]
    match corpus["source"]:
        case "librispeech":
            return _archived(settings, splits) / LIBRISPEECH_BYTES_PER_SECOND
        case "recordings":
            return size(Path(corpus["recordings"]["path"])) / PACKED_BYTES_PER_SECOND if splits else 0.0
        case _:
            minutes: Mapping[str, float] = corpus["synthetic"]["minutes"]
            return 60.0 * sum(minutes[split] for split in splits)


def _archived(settings: Settings, splits: Collection[str]) -> float:
    """Bytes of the archives that go into the named splits of LibriSpeech."""
    split_of = downloads.split_of(settings)
    return sum(source.bytes for source in downloads.sources(settings) if split_of.get(source.name) in splits)


def _audio(settings: Settings, speech_s: float) -> float:
    """Synthetic speech in FLAC; an archive, unpacked; what is cut. Recordings in a folder stay where they are."""
    if settings["corpus"]["source"] == "synthetic":
        sample_rate_hz: int = settings["training"]["features"]["sample_rate_hz"]
        return speech_s * sample_rate_hz * 2 * FLAC_SHARE
    if settings["corpus"]["source"] == "librispeech":
        return _archived(settings, SPLITS)  # FLAC cannot be packed any closer
    path, cut = Path(settings["corpus"]["recordings"]["path"]), settings["corpus"]["recordings"]["utterance_tier"]
    return size(path) * UNPACKED * (path.is_file() + bool(cut))


def _weights(channels: int, layers: list[dict[str, int]]) -> int:
    filters = [channels, *(layer["filters"] for layer in layers)]
    hidden: int = sum(filters[n] * filters[n + 1] * layer["kernel"] for n, layer in enumerate(layers))
    return hidden + filters[-1] * LETTERS


def _cells(settings: Settings, layers: list[dict[str, int]], speakers: float) -> float:
    """Streamed moments, onset-locked ones of up to ten groups of speakers, two unit × unit matrices, in float64."""
    first, last = settings["activations"]["lags_s"]
    total = 0.0
    stride_s: float = settings["training"]["features"]["hop_s"]
    for layer in layers:
        stride_s *= layer["stride"]
        lags = (last - first) / stride_s + 1
        total += 8 * layer["filters"] * (2 * speakers * PHONES + 2 * 2 * PHONES * lags + 2 * layer["filters"])
    return total
