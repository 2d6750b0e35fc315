"""What the tests themselves are worth: rates on null data, and power."""
