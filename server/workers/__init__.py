"""Processes that evaluate what nobody trusts, and can be killed; may import what server may."""
