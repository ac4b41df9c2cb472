"""From portals to quads: connectors, mappings and the harvest; imports graph and vocab."""
