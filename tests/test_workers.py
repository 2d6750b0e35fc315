"""Results come in the order of the items, whatever the number of processes."""

import os
import time

import pytest

from phonotopy.errors import InputError
from phonotopy.speech.workers import ordered_map


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


def test_errors_cross_the_border_whole():
    with pytest.raises(InputError) as caught:
        list(ordered_map(refuse, [7, 8], 2))
    assert caught.value == InputError("item 7", "found", "expected", "advice", "cause")
