"""One module per kind of object that can be written: what Google refuses, and what becomes of the rest."""
