"""The words: the context that is the model, its code lists, concepts, frames; imports no room."""
