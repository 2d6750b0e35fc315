"""Results come in the order of the items, whatever the number of processes."""

import os
import signal
import time

import pytest

from phonotopy.core.errors import InputError
from phonotopy.core.processes import ordered_map, surviving_map


def slow_square(number):
    time.sleep(0.002 * (number % 3))
    return number * number


def process(_):
    return os.getpid()


def refuse(number):
    raise InputError(f"item {number}", "found", "expected", "advice", "cause")


@pytest.mark.parametrize("processes", [1, 2, 3])
def test_order_is_kept(processes):
    assert list(ordered_map(slow_square, range(40), processes)) == [number * number for number in range(40)]
    assert list(ordered_map(slow_square, [], processes)) == []


def test_one_process_is_this_one_and_more_are_others():
    assert set(ordered_map(process, range(5), 1)) == {os.getpid()}
    assert os.getpid() not in set(ordered_map(process, range(5), 2))


def fragile(item):
    """Die or hang where the item says so, as a library in C may."""
    match item:
        case "killed":
            os.kill(os.getpid(), signal.SIGKILL)
        case "exits":
            os._exit(3)
        case "hang":
            signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGINT, signal.SIGTERM])
            time.sleep(600)
    return f"{item} in {os.getpid()}"


def patience(item):
    return 0.3 if item == "hang" else 60.0


def survivors(items, processes):
    found = surviving_map(fragile, items, processes, lost=lambda item: f"{item} lost", limit_s=patience)
    return [text.replace(str(os.getpid()), "here") for text in found]


@pytest.mark.slow
@pytest.mark.parametrize("processes", [0, 1, 2])
@pytest.mark.parametrize(
    "items",
    [
        [],
        ["fine"],
        ["killed"],
        ["killed", "exits"],
        ["fine", "killed", "well", "exits", "killed", "good"],
        [*(["fine"] * 70), "killed", *(["well"] * 70)],
    ],
    ids=len,
)
def test_an_item_that_kills_its_process_is_lost_alone(items, processes):
    """Whatever the number of processes, never in this one."""
    found = survivors(items, processes)
    assert [text.partition(" ")[0] for text in found] == list(items)
    for item, text in zip(items, found, strict=True):
        assert (text == f"{item} lost") == (item in ("killed", "exits"))
        assert "here" not in text


@pytest.mark.slow
def test_an_item_that_hangs_is_ended():
    began = time.monotonic()
    found = survivors(["fine", "hang", "well"], 2)
    assert [text.partition(" ")[2] == "lost" for text in found] == [False, True, False]
    assert time.monotonic() - began < 10


def test_errors_of_survivors_are_no_deaths():
    with pytest.raises(InputError):
        list(surviving_map(refuse, [7, 8], 2, lost=str, limit_s=patience))


def test_errors_cross_the_border_whole():
    with pytest.raises(InputError) as caught:
        list(ordered_map(refuse, [7, 8], 2))
    assert caught.value == InputError("item 7", "found", "expected", "advice", "cause")
