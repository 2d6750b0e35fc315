"""The cost that is announced before a test starts."""

from phonotopy.inference import cost


def test_the_cost_grows_with_the_permutations_on_top_of_what_is_fixed(monkeypatch) -> None:
    clock, calls = [0.0], []

    def test(permutations: int) -> None:
        calls.append(permutations)
        clock[0] += 50.0 if len(calls) == 1 else 2.0 + 0.01 * permutations

    monkeypatch.setattr(cost, "process_time", lambda: clock[0])
    assert round(cost.cpu_seconds(test, 9999), 6) == 2 + 99.99
    assert calls == [2, 2, 500], "the first call may compile"
