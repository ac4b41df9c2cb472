"""What people touch: SPARQL, resources, pages, commands; imports graph and vocab (cli: ingest)."""
