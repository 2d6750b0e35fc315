"""Tiers of a TextGrid by the names that aligners and annotators give them."""

from collections.abc import Collection, Sequence

from phonotopy.core.errors import InputError

__all__ = ["find_tier"]

SEPARATOR = " - "  # between speaker and tier, as MFA and FAVE name them


def find_tier(present: Collection[str], names: Sequence[str], speaker: str = "") -> str | None:
    """The first of the `names` that a tier has, alone or behind its speaker; None where no tier has one.

    ``phones`` is met by a tier ``phones``, then by ``{speaker} - phones``, then by ``anyone - phones`` if there is only
    one. Upper and lower case are alike where that leaves one tier. InputError: tiers of several speakers.
    """
    for name in names:
        for full in (name, f"{speaker}{SEPARATOR}{name}"):
            if (tier := _alike(present, full)) is not None:
                return tier
        others = [tier for tier in present if tier.casefold().endswith(f"{SEPARATOR}{name}".casefold())]
        if len(others) > 1:
            expected = f"one tier {name}, or one of the speaker {speaker}"
            advice = "name the speaker's folder as in the tiers, or name the tier in alignment.tiers"
            raise InputError("tier", f"tiers of several speakers: {', '.join(others)}", expected, advice)
        if others:
            return others[0]
    return None


def _alike(present: Collection[str], name: str) -> str | None:
    """The tier of this name, or the only one that differs from it in case alone."""
    if name in present:
        return name
    alike = [tier for tier in present if tier.casefold() == name.casefold()]
    return alike[0] if len(alike) == 1 else None
