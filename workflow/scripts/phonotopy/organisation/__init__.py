"""Organisation of a layer beyond single maps."""
