"""The error that our own files cause."""


class ConfigError(Exception):
    """One of our own files says what cannot be: a table, a portal's entry, a store of another base.

    Its text names the file, the entry and the values that would be valid. Nothing starts; the
    command line answers with exit code 2.
    """
