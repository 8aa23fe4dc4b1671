"""The database: engine, session, tenancy, migrations, partitions, retention, embedded server. Knows no room's tables."""
