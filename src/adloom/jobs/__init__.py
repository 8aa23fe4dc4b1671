"""Work for later: a queue in PostgreSQL. Knows no job by name; `worker.py` says who does what."""
