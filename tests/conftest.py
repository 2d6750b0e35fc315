"""What all tests share."""

import pytest


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The longest file first: side by side, it takes as long as all others, and must not begin after them.

    The others keep their order, so that those which wait for its finished run come late. This order holds under
    `--no-loadscope-reorder`; otherwise files with many short tests come first.
    """
    items.sort(key=lambda item: item.path.name != "test_workflow.py")
