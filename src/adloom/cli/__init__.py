"""The operator's door: parse, call one action, print the answer. Imports typer alone until a command runs."""
