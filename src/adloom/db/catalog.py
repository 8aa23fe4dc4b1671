"""The schema as the database itself describes it, normalised: what two databases are compared by.

Partitions are folded into their parents, extensions are left out, and nothing depends on order, oids or the
server's version (15 to 18).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NewType

import psycopg

Kind = NewType("Kind", str)
#: Definitions by kind and name: ("column", "ads.name") -> "character varying(255) NOT NULL".
Listing = Mapping[tuple[Kind, str], str]

#: What models can say too; the rest is in migrations alone.
MODELLED = frozenset(map(Kind, ("table", "column", "enum", "index", "constraint")))

_OURS = """
    SELECT
        c.oid,
        c.relname,
        c.relkind,
        c.relowner,
        c.relacl,
        c.relrowsecurity,
        c.relforcerowsecurity,
        c.relispartition
    FROM pg_class AS c
    WHERE c.relnamespace = 'public'::regnamespace
        AND NOT EXISTS (
            SELECT
            FROM pg_depend AS d
            WHERE d.classid = 'pg_class'::regclass
                AND d.objid = c.oid
                AND d.deptype = 'e'
        )
"""

_QUERIES: Mapping[str, str] = {
    "table": """
        SELECT
            relname,
            CASE relkind
                WHEN 'p' THEN 'partitioned by ' || pg_get_partkeydef(oid)
                WHEN 'r' THEN 'plain'
                ELSE 'relation of kind ' || relkind::text
            END
        FROM ours
        WHERE relkind IN ('r', 'p', 'v', 'm', 'S', 'f')
            AND NOT relispartition
    """,
    "column": """
        SELECT
            ours.relname || '.' || a.attname,
            concat_ws(
                ' ',
                format_type(a.atttypid, a.atttypmod),
                CASE WHEN a.attnotnull THEN 'NOT NULL' END,
                CASE a.attgenerated WHEN '' THEN 'DEFAULT ' ELSE 'GENERATED ' END
                    || pg_get_expr(d.adbin, d.adrelid)
            )
        FROM ours
        JOIN pg_attribute AS a ON a.attrelid = ours.oid AND a.attnum > 0 AND NOT a.attisdropped
        LEFT JOIN pg_attrdef AS d ON d.adrelid = ours.oid AND d.adnum = a.attnum
        WHERE ours.relkind IN ('r', 'p')
            AND NOT ours.relispartition
    """,
    "enum": """
        SELECT
            t.typname,
            string_agg(e.enumlabel, ', ' ORDER BY e.enumsortorder)
        FROM pg_type AS t
        JOIN pg_enum AS e ON e.enumtypid = t.oid
        WHERE t.typnamespace = 'public'::regnamespace
        GROUP BY t.typname
    """,
    "index": """
        SELECT
            i.indexrelid::regclass::text,
            concat_ws(' ', pg_get_indexdef(i.indexrelid), CASE WHEN NOT i.indisvalid THEN '(invalid)' END)
        FROM ours
        JOIN pg_index AS i ON i.indrelid = ours.oid
        WHERE NOT ours.relispartition
    """,
    "constraint": """
        SELECT
            ours.relname || '.' || k.conname,
            concat_ws(
                ' ', pg_get_constraintdef(k.oid), CASE WHEN NOT k.convalidated THEN '(not validated)' END
            )
        FROM ours
        JOIN pg_constraint AS k ON k.conrelid = ours.oid
        WHERE NOT ours.relispartition
            AND k.contype IN ('c', 'f', 'p', 'u', 'x')
    """,
    "trigger": """
        SELECT
            ours.relname || '.' || t.tgname,
            concat_ws(' ', pg_get_triggerdef(t.oid), CASE WHEN t.tgenabled <> 'O' THEN '(not enabled)' END)
        FROM ours
        JOIN pg_trigger AS t ON t.tgrelid = ours.oid AND NOT t.tgisinternal
        WHERE NOT ours.relispartition
    """,
    "row security": """
        SELECT
            relname,
            concat_ws(
                ', ',
                CASE WHEN relrowsecurity THEN 'enabled' ELSE 'off' END,
                CASE WHEN relforcerowsecurity THEN 'forced' END
            )
        FROM ours
        WHERE relkind IN ('r', 'p')
            AND NOT relispartition
    """,
    "policy": """
        SELECT
            ours.relname || '.' || p.polname,
            concat_ws(
                ' ',
                CASE WHEN NOT p.polpermissive THEN 'RESTRICTIVE' END,
                'FOR ' || p.polcmd::text,
                'TO ' || (
                    SELECT string_agg(role::regrole::text, ', ' ORDER BY role::regrole::text)
                    FROM unnest(p.polroles) AS role
                ),
                'USING ' || pg_get_expr(p.polqual, p.polrelid),
                'WITH CHECK ' || pg_get_expr(p.polwithcheck, p.polrelid)
            )
        FROM ours
        JOIN pg_policy AS p ON p.polrelid = ours.oid
    """,
    "grant": """
        SELECT
            what || ' to ' || CASE grantee WHEN 0 THEN 'PUBLIC' ELSE grantee::regrole::text END,
            string_agg(privilege_type, ', ' ORDER BY privilege_type)
        FROM (
            SELECT
                ours.relname AS what,
                acl.grantee,
                acl.privilege_type,
                ours.relowner AS owner
            FROM ours
            CROSS JOIN aclexplode(ours.relacl) AS acl
            UNION ALL
            SELECT
                ours.relname || '.' || a.attname,
                acl.grantee,
                acl.privilege_type,
                ours.relowner
            FROM ours
            JOIN pg_attribute AS a ON a.attrelid = ours.oid AND NOT a.attisdropped
            CROSS JOIN aclexplode(a.attacl) AS acl
            UNION ALL
            SELECT
                p.oid::regprocedure::text,
                acl.grantee,
                acl.privilege_type,
                p.proowner
            FROM our_functions AS p
            CROSS JOIN aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) AS acl
        ) AS granted
        WHERE grantee <> owner
        GROUP BY what, grantee
    """,
    "function": """
        SELECT
            oid::regprocedure::text,
            pg_get_functiondef(oid)
        FROM our_functions
    """,
    "default partition": """
        SELECT
            ours.relname,
            'there'
        FROM ours
        JOIN pg_partitioned_table AS p ON p.partrelid = ours.oid
        WHERE p.partdefid <> 0
    """,
    "owner": """
        SELECT
            relname,
            relowner::regrole::text
        FROM ours
        WHERE relkind IN ('r', 'p')
            AND NOT relispartition
    """,
    "comment": """
        SELECT
            relname,
            obj_description(oid, 'pg_class')
        FROM ours
        WHERE relkind IN ('r', 'p')
            AND NOT relispartition
    """,
}

_FUNCTIONS = """
    SELECT p.*
    FROM pg_proc AS p
    WHERE p.pronamespace = 'public'::regnamespace
        AND NOT EXISTS (
            SELECT
            FROM pg_depend AS d
            WHERE d.classid = 'pg_proc'::regclass
                AND d.objid = p.oid
                AND d.deptype = 'e'
        )
"""


def read(connection: psycopg.Connection[Any]) -> Listing:
    """Everything in the schema `public` that is ours, by kind and name."""
    found: dict[tuple[Kind, str], str] = {}
    for kind, query in _QUERIES.items():
        rows = connection.execute(f"WITH ours AS ({_OURS}), our_functions AS ({_FUNCTIONS}) {query}")
        found.update({(Kind(kind), name): definition or "" for name, definition in rows})
    return found


def differences(expected: Listing, found: Listing) -> list[tuple[tuple[Kind, str], str]]:
    """What differs, by kind and name, each with a sentence about it; sorted."""
    return [
        (key, _sentence(key, expected.get(key), found.get(key)))
        for key in sorted(expected.keys() | found.keys())
        if expected.get(key) != found.get(key)
    ]


def _sentence(key: tuple[Kind, str], expected: str | None, found: str | None) -> str:
    what = " ".join(key)
    if found is None:
        return f"{what} is missing"
    if expected is None:
        return f"{what} should not exist"
    return f"{what} should be {expected!r}, is {found!r}"
