"""The reranker that comes along: its evidence, its weights, its training."""
