"""Permutations, p-values, false discovery rate and bootstrap intervals, whatever the statistic."""
