"""TextGrids that are damaged on purpose, in kinds that leave all intervals readable and kinds that may not."""

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import pairwise

from phonotopy.annotation.intervals import Span

LABELS = ["AH0", "s", "tʃ", "ɪː", "sil", "", "<eps>", 'a"b', "! no", "naïve", "3", "x y", "-", "<p:>", "日本", "\\sw"]
ENCODINGS = ["utf-8", "utf-8-sig", "utf-16", "utf-16-le with mark", "utf-16-be with mark"]
Grid = dict[str, list[Span]]
Rows = list[str]  # lines of a file


@dataclass(frozen=True)
class Case:
    """A mutated file; `expected` is what must be read, None where a refusal will do too."""

    kind: str
    content: bytes
    expected: Grid | None


def grid(rng: random.Random) -> Grid:
    """Tiers of contiguous intervals."""
    names = rng.sample(["phones", "words", "anna - phones", "MAU", 'a "tier"', "segments"], rng.randint(1, 3))
    return {name: _intervals(rng) for name in names}


def _intervals(rng: random.Random) -> list[Span]:
    ends = sorted(rng.sample(range(1, 2000), rng.randint(4, 25)))
    times = [0.0, *(end / rng.choice([1000, 1000.0, 1001]) for end in ends)]
    times = sorted(set(times))
    return [Span(onset, offset, rng.choice(LABELS)) for onset, offset in pairwise(times)]


def long_rows(tiers: Grid, *, points: bool = False) -> Rows:
    """The long text format; `points` adds a tier of points before the others."""
    end = 2.5
    rows = ['File type = "ooTextFile"', 'Object class = "TextGrid"', "", "xmin = 0 ", f"xmax = {end} "]
    rows += ["tiers? <exists> ", f"size = {len(tiers) + points} ", "item []: "]
    if points:
        rows += ["    item [1]:", '        class = "TextTier" ', '        name = "clicks" ', "        xmin = 0 "]
        rows += [
            f"        xmax = {end} ",
            "        points: size = 1 ",
            "        points [1]:",
            "            number = 0.5 ",
        ]
        rows += ['            mark = "click" ']
    for number, (name, spans) in enumerate(tiers.items(), start=1 + points):
        rows += [f"    item [{number}]:", '        class = "IntervalTier" ', f"        name = {_quoted(name)} "]
        rows += ["        xmin = 0 ", f"        xmax = {end} ", f"        intervals: size = {len(spans)} "]
        for index, span in enumerate(spans, start=1):
            rows += [f"        intervals [{index}]:", f"            xmin = {span.onset_s!r} "]
            rows += [f"            xmax = {span.offset_s!r} ", f"            text = {_quoted(span.text)} "]
    return rows


def short_rows(tiers: Grid) -> Rows:
    """The short text format."""
    rows = ['File type = "ooTextFile"', '"TextGrid"', "", "0", "2.5", "<exists>", str(len(tiers))]
    for name, spans in tiers.items():
        rows += ['"IntervalTier"', _quoted(name), "0", "2.5", str(len(spans))]
        for span in spans:
            rows += [repr(span.onset_s), repr(span.offset_s), _quoted(span.text)]
    return rows


def _quoted(text: str) -> str:
    doubled = text.replace('"', '""')
    return f'"{doubled}"'


def _rows(tiers: Grid, rng: random.Random) -> Rows:
    return rng.choice([long_rows, short_rows])(tiers)


def _encoded(rows: Rows, encoding: str = "utf-8", end: str = "\n") -> bytes:
    text = end.join([*rows, ""])
    if encoding.endswith(" with mark"):
        return ("\ufeff" + text).encode(encoding.removesuffix(" with mark"))
    return text.encode(encoding)


# Mutations that leave all intervals readable.


def format_and_encoding(tiers: Grid, rng: random.Random) -> bytes:
    return _encoded(_rows(tiers, rng), rng.choice(ENCODINGS), rng.choice(["\n", "\r\n", "\r"]))


def utf_16_without_mark(tiers: Grid, rng: random.Random) -> bytes:
    return _encoded(_rows(tiers, rng), rng.choice(["utf-16-le", "utf-16-be"]), rng.choice(["\n", "\r\n"]))


def latin_1(tiers: Grid, rng: random.Random) -> tuple[bytes, Grid]:
    plain = {name: [span._replace(text=_western(span.text)) for span in spans] for name, spans in tiers.items()}
    return _encoded(_rows(plain, rng), "latin-1"), plain


def _western(text: str) -> str:
    return text.encode("latin-1", "ignore").decode("latin-1") or "é"


def damaged_index(tiers: Grid, rng: random.Random) -> bytes:
    """An interval or tier without its number, or with a wrong one."""
    rows = long_rows(tiers)
    for index in rng.sample([n for n, row in enumerate(rows) if row.endswith("]:")], 3):
        head = rows[index].partition("[")[0]
        rows[index] = head + rng.choice(["[]:", ":", "[99]:", "[-1]:", "[x]"])
    return _encoded(rows)


def words_for_the_eye(tiers: Grid, rng: random.Random) -> bytes:
    """Other names of fields, and comments."""
    rows = [
        row.replace("xmin =", "begins at").replace("text =", rng.choice(["label:", "="])) for row in long_rows(tiers)
    ]
    for _ in range(rng.randint(1, 5)):
        rows.insert(rng.randrange(1, len(rows)), rng.choice(['! 7 "a" <b>', "so to say", "!", "note= x7"]))
    return _encoded(rows)


def white_space(tiers: Grid, rng: random.Random) -> bytes:
    rows = [
        row.strip() if '"' in row else row.strip().replace(" ", rng.choice(["\t", "   "])) for row in _rows(tiers, rng)
    ]
    rows = [row if '"' in row else rng.choice(["", "\t", "  "]) + row + rng.choice(["", " ", "\n\n"]) for row in rows]
    return _encoded(rows)


def shuffled_intervals(tiers: Grid, rng: random.Random) -> bytes:
    """Praat sorts them."""
    return _encoded(_rows({name: rng.sample(spans, len(spans)) for name, spans in tiers.items()}, rng))


def numbers_written_otherwise(tiers: Grid, rng: random.Random) -> bytes:
    rows = [
        f"{'+' if rng.random() < 0.5 else ''}{float(row):.17e}" if _is_time(row) else row for row in short_rows(tiers)
    ]
    return _encoded(rows)


def _is_time(row: str) -> bool:
    return "." in row and row.replace(".", "").isdecimal()


def null_bytes(tiers: Grid, rng: random.Random) -> bytes:
    content = _encoded(_rows(tiers, rng))
    for _ in range(rng.randint(1, 5)):
        index = rng.randrange(40, len(content))
        content = content[:index] + b"\0" + content[index:]
    return content


def words_after_the_end(tiers: Grid, rng: random.Random) -> bytes:
    return _encoded([*_rows(tiers, rng), rng.choice(["end", "! 0.5 0.7", "\n\n\n", "\ufeff", "[x]: y"])])


def a_tier_of_points(tiers: Grid, rng: random.Random) -> bytes:
    return _encoded(long_rows(tiers, points=True))


def gaps(tiers: Grid, rng: random.Random) -> tuple[bytes, Grid]:
    """Intervals left out, so that a tier starts late, ends early or has a gap."""
    kept = {name: [span for span in spans if rng.random() < 0.7] or spans[:1] for name, spans in tiers.items()}
    return _encoded(_rows(kept, rng)), kept


def a_point_in_a_gap(tiers: Grid, rng: random.Random) -> tuple[bytes, Grid]:
    """An interval without duration, where nothing else begins."""
    (name, spans), *_ = tiers.items()
    index = rng.randrange(1, len(spans))
    middle = (spans[index].onset_s + spans[index].offset_s) / 2
    left = [*spans[:index], *spans[index + 1 :]]
    written = [*spans[:index], Span(middle, middle, "click"), *spans[index + 1 :]]
    return _encoded(_rows({**tiers, name: written}, rng)), {**tiers, name: left}


def overlaps(tiers: Grid, rng: random.Random) -> tuple[bytes, Grid]:
    """Read as Praat shows them; what is made of the tier refuses them."""
    longer = {
        name: [span._replace(offset_s=span.offset_s + 0.2) if rng.random() < 0.3 else span for span in spans]
        for name, spans in tiers.items()
    }
    return _encoded(_rows(longer, rng)), longer


# Mutations that may leave nothing to read.


def cut(tiers: Grid, rng: random.Random) -> bytes:
    content = format_and_encoding(tiers, rng)
    return content[: rng.randrange(len(content))]


def bytes_changed(tiers: Grid, rng: random.Random) -> bytes:
    content = bytearray(format_and_encoding(tiers, rng))
    for _ in range(rng.choice([1, 1, 2, 10])):
        content[rng.randrange(len(content))] = rng.choice([rng.randrange(256), *b'"<>! \n-+0.e'])
    return bytes(content)


def bytes_lost_or_added(tiers: Grid, rng: random.Random) -> bytes:
    content = format_and_encoding(tiers, rng)
    for _ in range(rng.choice([1, 1, 3])):
        index = rng.randrange(len(content))
        content = (
            content[:index] + rng.choice([b"", b'"', b" ", b"!", b"7", b"\xff"]) + content[index + rng.choice([0, 1]) :]
        )
    return content


def lines_moved(tiers: Grid, rng: random.Random) -> bytes:
    rows = _rows(tiers, rng)
    for _ in range(rng.choice([1, 1, 3])):
        one, other = rng.randrange(len(rows)), rng.randrange(len(rows))
        match rng.randrange(3):
            case 0:
                rows[one], rows[other] = rows[other], rows[one]
            case 1:
                del rows[one]
            case _:
                rows.insert(one, rows[other % len(rows)])
    return _encoded(rows)


def wrong_numbers(tiers: Grid, rng: random.Random) -> bytes:
    rows = _rows(tiers, rng)
    indices = [index for index, row in enumerate(rows) if '"' not in row and row.strip()[-1:].isdecimal()]
    for index in rng.sample(indices, min(len(indices), rng.choice([1, 1, 3]))):
        head, _, _ = rows[index].rpartition("= ")
        wrong = [
            "0,5",
            "1_0",
            "nan",
            "-0.1",
            "1e999",
            "0x1",
            "+.5",
            "1e",
            ".5",
            "--undefined--",
            "1/2",
            "50%",
            "99",
            "-1",
            "2.7",
            "0.5s",
        ]
        rows[index] = f"{head}= {rng.choice(wrong)}" if head else rng.choice(wrong)
    return _encoded(rows)


def quotes(tiers: Grid, rng: random.Random) -> bytes:
    rows = _rows(tiers, rng)
    indices = [index for index, row in enumerate(rows) if '"' in row]
    for index in rng.sample(indices, rng.choice([1, 1, 2])):
        rows[index] = rng.choice(
            [rows[index].replace('"', "", 1), rows[index] + '"', rows[index].replace('"', '"a"', 1)]
        )
        rows[index] = rng.choice([rows[index], rows[index].replace('"', "“")])
    return _encoded(rows)


def same_onsets_and_reversals(tiers: Grid, rng: random.Random) -> bytes:
    wrong = {}
    for name, spans in tiers.items():
        index = rng.randrange(len(spans))
        span = spans[index]
        same, turned = span._replace(offset_s=span.onset_s), Span(span.offset_s, span.onset_s, "turned")
        wrong[name] = [*spans[:index], rng.choice([same, turned, spans[0], span]), *spans[index:]]
    return _encoded(_rows(wrong, rng))


def headers(tiers: Grid, rng: random.Random) -> bytes:
    content = _encoded(_rows(tiers, rng))
    old = rng.choice([b"ooTextFile", b"TextGrid", b"IntervalTier", b"<exists>", b"File type = ", b"\n"])
    new = rng.choice(
        [b"", b"ooBinaryFile", b"TextTier", b"PitchTier", b"<absent>", b"exists", b"\xef\xbb\xbf", b"ooTextFile short"]
    )
    return content.replace(old, new, 1)


def noise(tiers: Grid, rng: random.Random) -> bytes:
    content = format_and_encoding(tiers, rng)
    index, length = rng.randrange(len(content)), rng.randrange(1, 200)
    return content[:index] + rng.randbytes(length) + content[index + rng.choice([0, length]) :]


def two_files_in_one(tiers: Grid, rng: random.Random) -> bytes:
    one, other = format_and_encoding(tiers, rng), format_and_encoding(grid(rng), rng)
    return one + other if rng.random() < 0.5 else one[: rng.randrange(len(one))] + other[rng.randrange(len(other)) :]


Mutation = Callable[[Grid, random.Random], bytes | tuple[bytes, Grid]]
HARMLESS: list[Mutation] = [
    *(format_and_encoding, utf_16_without_mark, latin_1, damaged_index, words_for_the_eye, white_space),
    *(shuffled_intervals, numbers_written_otherwise, null_bytes, words_after_the_end, a_tier_of_points),
    *(gaps, a_point_in_a_gap, overlaps),
]
HARMFUL: list[Mutation] = [
    *(cut, bytes_changed, bytes_lost_or_added, lines_moved, wrong_numbers, quotes),
    *(same_onsets_and_reversals, headers, noise, two_files_in_one),
]


def cases(number: int, seed: int) -> Iterator[Case]:
    """As many files of each mutation as the number allows."""
    mutations = [*HARMLESS, *HARMFUL]
    for index in range(number):
        rng, mutation = random.Random(f"{seed} {index}"), mutations[index % len(mutations)]
        tiers = grid(rng)
        made = mutation(tiers, rng)
        content, expected = made if isinstance(made, tuple) else (made, tiers)
        yield Case(mutation.__name__, content, stripped(expected) if mutation in HARMLESS else None)


def stripped(tiers: Grid) -> Grid:
    """Labels as the reader gives them."""
    return {name: [span._replace(text=span.text.strip()) for span in spans] for name, spans in tiers.items()}
