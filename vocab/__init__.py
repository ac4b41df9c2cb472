"""The words: the JSON-LD context that is the model, its code lists, concepts and frames; imports no other room."""
