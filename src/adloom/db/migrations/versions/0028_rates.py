"""Exchange rates: how many units of a currency one euro buys, by day.

Why: figures of several currencies are added up only in one that a person asks for, each day at its own rate. Rates
belong to no tenant: everybody reads the same ones, and only the worker's login writes them. The euro has no row.
Locks: none.
Undo: drops the table.
"""

from __future__ import annotations

from adloom.db.migrations.sql import run

revision = "0028_rates"
down_revision = "0027_precedents"

UP = """
CREATE TABLE exchange_rates (
    currency text NOT NULL,
    date date NOT NULL,
    rate numeric NOT NULL,
    source text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT exchange_rates_pkey PRIMARY KEY (currency, date),
    CONSTRAINT currency_is_a_code CHECK (currency ~ '^[A-Z]{3}$' AND currency <> 'EUR'),
    CONSTRAINT rate_is_positive CHECK (rate > 0 AND rate < 1000000000000),
    CONSTRAINT source_is_known CHECK (source IN ('wheel', 'ecb', 'own'))
);
COMMENT ON TABLE exchange_rates IS
    'Units of a currency that one euro buys, by day, and who says so; no tenant''s, and none of the euro itself.';
CREATE TRIGGER set_updated_at BEFORE UPDATE ON exchange_rates FOR EACH ROW EXECUTE FUNCTION set_updated_at();

GRANT SELECT ON exchange_rates TO adloom_app, adloom_readonly;
GRANT SELECT, INSERT, UPDATE ON exchange_rates TO adloom_worker;
"""

DOWN = """
DROP TABLE exchange_rates;
"""


def upgrade() -> None:
    run(UP)


def downgrade() -> None:
    run(DOWN)
