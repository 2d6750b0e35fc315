"""What all tests share."""

from pathlib import Path

import pytest


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Whole workflows first: side by side, the longest files must not be the last to begin."""
    items.sort(key=lambda item: Path(str(item.fspath)).parent.name != "workflow")
