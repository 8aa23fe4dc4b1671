"""The HTTP API: parse, call one action, shape the answer. No rule of the business stands here."""
