"""Processes that evaluate what nobody trusts, and can be killed; imports graph, vocab and server."""
