"""Is it any good: the judges, the tracker, the benchmarks, the dashboard."""
