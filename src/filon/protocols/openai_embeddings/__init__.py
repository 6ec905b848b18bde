"""OpenAI's embeddings: texts in, vectors out. They pass through as they came."""
