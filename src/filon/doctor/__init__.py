"""What stands between an endpoint and an answer, tried step by step, each told as it is done."""
