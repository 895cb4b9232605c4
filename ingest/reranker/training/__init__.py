"""How the reranker is trained; nothing here runs while questions are answered."""
