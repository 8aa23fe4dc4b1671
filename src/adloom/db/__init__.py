"""The database: engine, session, tenancy, migrations, partitions, retention, server. Knows no room."""
