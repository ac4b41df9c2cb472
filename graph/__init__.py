"""The quads: the store, its IRIs, what it publishes and how it is written; imports vocab only."""
