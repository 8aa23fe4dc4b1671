"""Enums: a function that takes values away from an enum type, for the rollback of a migration that added one.

Why: PostgreSQL adds a value to a type but never drops one. The type has to be swapped: everything that names it
(defaults, predicates, checks, triggers, policies) is noted, taken down, and put up again on the new type.
Locks: none now; a swap takes AccessExclusive on every table with a column of the type, and rewrites it.
Undo: drops the function.
"""

from __future__ import annotations

from adloom.db.migrations.sql import run

revision = "0016_enums"
down_revision = "0015_quotas"

UP = """
CREATE FUNCTION swap_enum(type_name text, labels text[]) RETURNS void
LANGUAGE plpgsql
SET search_path = public, pg_temp
AS $$
DECLARE
    old_type oid := format('public.%I', type_name)::regtype;
    retired text := type_name || '_retired';
    used record;
    held bigint;
    statement text;
    take_down text[];
    put_up text[];
BEGIN
    CREATE TEMPORARY TABLE swapped ON COMMIT DROP AS
    SELECT
        c.oid AS table_oid,
        c.oid::regclass::text AS table_name,
        a.attnum,
        quote_ident(a.attname) AS column_name,
        c.relforcerowsecurity AS is_forced
    FROM pg_class AS c
    JOIN pg_attribute AS a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
    WHERE a.atttypid = old_type
        AND c.relkind IN ('r', 'p')
        AND NOT c.relispartition;

    -- Under FORCE the owner may see fewer rows than there are; with row_security off it is told, not shown less.
    FOR used IN SELECT DISTINCT table_name FROM swapped WHERE is_forced LOOP
        EXECUTE format('ALTER TABLE %s NO FORCE ROW LEVEL SECURITY', used.table_name);
    END LOOP;
    PERFORM set_config('row_security', 'off', true);
    FOR used IN SELECT table_name, column_name FROM swapped ORDER BY table_name LOOP
        EXECUTE format(
            'SELECT count(*) FROM %s WHERE NOT %s::text = ANY ($1)', used.table_name, used.column_name
        ) INTO held USING labels;
        IF held > 0 THEN
            RAISE EXCEPTION 'cannot take values from type %: % row(s) of %.% use one of them',
                type_name, held, used.table_name, used.column_name
                USING ERRCODE = '2BP01';
        END IF;
    END LOOP;

    WITH named AS (
        SELECT DISTINCT d.classid, d.objid
        FROM pg_depend AS d
        LEFT JOIN swapped ON d.refclassid = 'pg_class'::regclass
            AND d.refobjid = swapped.table_oid
            AND d.refobjsubid = swapped.attnum
        WHERE swapped.table_oid IS NOT NULL
            OR (d.refclassid = 'pg_type'::regclass AND d.refobjid = old_type)
    ),
    steps AS (
        SELECT
            1 AS position,
            format('DROP TRIGGER %I ON %s', t.tgname, t.tgrelid::regclass) AS down,
            pg_get_triggerdef(t.oid) AS up
        FROM named
        JOIN pg_trigger AS t ON named.classid = 'pg_trigger'::regclass AND t.oid = named.objid
        WHERE NOT t.tgisinternal
            AND t.tgparentid = 0
        UNION ALL
        SELECT
            2,
            format('DROP POLICY %I ON %s', p.polname, p.polrelid::regclass),
            concat_ws(
                ' ',
                format('CREATE POLICY %I ON %s', p.polname, p.polrelid::regclass),
                CASE WHEN NOT p.polpermissive THEN 'AS RESTRICTIVE' END,
                'FOR ' || CASE p.polcmd
                    WHEN 'r' THEN 'SELECT'
                    WHEN 'a' THEN 'INSERT'
                    WHEN 'w' THEN 'UPDATE'
                    WHEN 'd' THEN 'DELETE'
                    ELSE 'ALL'
                END,
                'TO ' || (
                    SELECT string_agg(CASE role WHEN 0 THEN 'PUBLIC' ELSE role::regrole::text END, ', ')
                    FROM unnest(p.polroles) AS role
                ),
                'USING (' || pg_get_expr(p.polqual, p.polrelid) || ')',
                'WITH CHECK (' || pg_get_expr(p.polwithcheck, p.polrelid) || ')'
            )
        FROM named
        JOIN pg_policy AS p ON named.classid = 'pg_policy'::regclass AND p.oid = named.objid
        UNION ALL
        SELECT
            3,
            format('ALTER TABLE %s DROP CONSTRAINT %I', k.conrelid::regclass, k.conname),
            format(
                'ALTER TABLE %s ADD CONSTRAINT %I %s', k.conrelid::regclass, k.conname, pg_get_constraintdef(k.oid)
            )
        FROM named
        JOIN pg_constraint AS k ON named.classid = 'pg_constraint'::regclass AND k.oid = named.objid
        WHERE k.contype = 'c'
            AND k.conparentid = 0
            AND k.conislocal
        UNION ALL
        SELECT
            4,
            format('DROP INDEX %s', i.indexrelid::regclass),
            replace(pg_get_indexdef(i.indexrelid), ' ON ONLY ', ' ON ')
        FROM named
        JOIN pg_index AS i ON named.classid = 'pg_class'::regclass AND i.indexrelid = named.objid
        JOIN pg_class AS c ON c.oid = i.indexrelid AND NOT c.relispartition
        WHERE i.indpred IS NOT NULL
            OR i.indexprs IS NOT NULL
        UNION ALL
        SELECT
            5,
            format('ALTER TABLE %s ALTER COLUMN %s DROP DEFAULT', swapped.table_name, swapped.column_name),
            format(
                'ALTER TABLE %s ALTER COLUMN %s SET DEFAULT %s',
                swapped.table_name, swapped.column_name, pg_get_expr(d.adbin, d.adrelid)
            )
        FROM swapped
        JOIN pg_attrdef AS d ON d.adrelid = swapped.table_oid AND d.adnum = swapped.attnum
    )
    SELECT
        array_agg(steps.down ORDER BY steps.position),
        array_agg(steps.up ORDER BY steps.position DESC)
    INTO take_down, put_up
    FROM steps;

    FOREACH statement IN ARRAY coalesce(take_down, '{}') LOOP
        EXECUTE statement;
    END LOOP;
    EXECUTE format('ALTER TYPE %I RENAME TO %I', type_name, retired);
    SELECT format('CREATE TYPE %I AS ENUM (%s)', type_name, string_agg(quote_literal(label), ', ' ORDER BY place))
    INTO statement
    FROM unnest(labels) WITH ORDINALITY AS wanted (label, place);
    EXECUTE statement;
    FOR used IN SELECT table_name, column_name FROM swapped ORDER BY table_name LOOP
        EXECUTE format(
            'ALTER TABLE %1$s ALTER COLUMN %2$s TYPE %3$I USING %2$s::text::%3$I',
            used.table_name, used.column_name, type_name
        );
    END LOOP;
    FOREACH statement IN ARRAY coalesce(put_up, '{}') LOOP
        EXECUTE statement;
    END LOOP;
    EXECUTE format('DROP TYPE %I', retired);
    FOR used IN SELECT DISTINCT table_name FROM swapped WHERE is_forced LOOP
        EXECUTE format('ALTER TABLE %s FORCE ROW LEVEL SECURITY', used.table_name);
    END LOOP;
    PERFORM set_config('row_security', 'on', true);
    DROP TABLE swapped;
END
$$;
COMMENT ON FUNCTION swap_enum(text, text[]) IS
    'Gives an enum type exactly these labels; refuses, saying how many, while rows use one that would go.';
REVOKE ALL ON FUNCTION swap_enum(text, text[]) FROM PUBLIC;
"""

DOWN = """
DROP FUNCTION swap_enum(text, text[]);
"""


def upgrade() -> None:
    run(UP)


def downgrade() -> None:
    run(DOWN)
