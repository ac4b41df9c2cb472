"""The protocols at /sparql and /graph-store; may import what server may."""
