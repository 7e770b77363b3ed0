"""job results in half the bytes

Namespaces get numbers, results become an enum, and when a job started is no longer kept: it follows
from when it ended and how long it took. The tables of results and classifications are written anew,
which takes minutes for tens of millions of results and, meanwhile, twice their disk. The release
before this one cannot read or write results on these tables.
"""

import sqlalchemy as sa
from alembic import op

revision = '1.2'
down_revision = '1.1'
branch_labels = None
depends_on = None

RESULTS = ('busted', 'exception', 'retry', 'skipped', 'success', 'superseded', 'testfailed',
           'usercancel')


def upgrade():
    lock()
    add_namespaces()
    set_aside_results()
    op.execute("ALTER TABLE pushes ALTER COLUMN id TYPE integer")
    op.execute("ALTER SEQUENCE pushes_id_seq AS integer")
    op.create_table(
        'job_results',
        sa.Column('known_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('duration_ms', sa.BigInteger()),
        sa.Column('namespace_id', sa.Integer(), nullable=False),
        sa.Column('push', sa.Integer(), nullable=False),
        sa.Column('job_name_id', sa.Integer(), nullable=False),
        sa.Column('result', sa.Enum(*RESULTS, name='job_result'), nullable=False),
        sa.Column('tier', sa.SmallInteger(), nullable=False),
        sa.Column('job_id', sa.Text(collation='C'), nullable=False),
        sa.CheckConstraint("job_id <> ''", name=op.f('ck_job_results_job_id')),
        sa.CheckConstraint('duration_ms >= 0', name=op.f('ck_job_results_duration')))
    op.execute("""
        INSERT INTO job_results
        SELECT known_at, duration_ms, namespaces.id, push, job_name_id, result::job_result, tier,
            job_id
        FROM old_results JOIN namespaces ON namespaces.name = namespace
    """)
    op.execute("DROP TABLE old_results")
    finish_results('namespace_id')
    op.create_foreign_key(op.f('fk_job_results_namespace_id'), 'job_results', 'namespaces',
                          ['namespace_id'], ['id'])
    # A function, because the expression of a new type may hold no query.
    op.execute("""
        CREATE FUNCTION pg_temp.id_of(text) RETURNS integer LANGUAGE sql STABLE
        AS 'SELECT id FROM namespaces WHERE name = $1'
    """)
    rewrite_classifications("""
        ALTER COLUMN namespace TYPE integer USING pg_temp.id_of(namespace),
        ALTER COLUMN job_id TYPE text COLLATE "C"
    """, old='namespace', new='namespace_id')
    op.execute("DROP FUNCTION pg_temp.id_of(text)")


def lock():
    """Wait for whoever reads or writes results now, before anything is done."""
    op.execute("SET LOCAL maintenance_work_mem = '256MB'")  # of the new indexes
    op.execute("LOCK TABLE job_results, classifications, pushes IN ACCESS EXCLUSIVE MODE")


def add_namespaces():
    op.create_table(
        'namespaces',
        sa.Column('id', sa.Integer(), sa.Identity(), nullable=False),
        sa.Column('name', sa.Text(), nullable=False),
        sa.CheckConstraint("name <> ''", name=op.f('ck_namespaces_name')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_namespaces')),
        sa.UniqueConstraint('name', name=op.f('uq_namespaces_name')))
    # From one to the next in the index: a DISTINCT would read all results.
    op.execute("""
        INSERT INTO namespaces (name)
        WITH RECURSIVE found (name) AS (
            SELECT min(namespace) FROM job_results
            UNION ALL
            SELECT (SELECT min(namespace) FROM job_results WHERE namespace > found.name)
            FROM found WHERE found.name IS NOT NULL
        )
        SELECT name FROM found WHERE name IS NOT NULL
    """)


def set_aside_results():
    """Rename the table, and free the names of its constraints and indexes."""
    op.drop_constraint('fk_classifications_job', 'classifications')
    op.rename_table('job_results', 'old_results')
    for name in ('pk_job_results', 'fk_job_results_push', 'fk_job_results_job_name_id'):
        op.drop_constraint(name, 'old_results')
    op.drop_index('ix_job_results_push', 'old_results')
    op.drop_index('ix_job_results_job_name_id_known_at', 'old_results')


def finish_results(namespace):
    """Add what is quicker to make once the rows are there."""
    op.create_primary_key(op.f('pk_job_results'), 'job_results', [namespace, 'job_id'])
    op.create_index(
        'ix_job_results_job_name_id_known_at', 'job_results', ['job_name_id', 'known_at'])
    op.create_index(op.f('ix_job_results_push'), 'job_results', ['push'])
    op.create_foreign_key(op.f('fk_job_results_push'), 'job_results', 'pushes', ['push'], ['id'],
                          ondelete='CASCADE')
    op.create_foreign_key(op.f('fk_job_results_job_name_id'), 'job_results', 'job_names',
                          ['job_name_id'], ['id'], ondelete='CASCADE')
    op.execute("ANALYZE job_results")


def rewrite_classifications(change, *, old, new):
    op.drop_index('ix_classifications_job', 'classifications')
    op.execute(f"ALTER TABLE classifications {change}")
    op.alter_column('classifications', old, new_column_name=new)
    op.create_index('ix_classifications_job', 'classifications',
                    [new, 'job_id', 'classified_at', 'id'])
    op.create_foreign_key('fk_classifications_job', 'classifications', 'job_results',
                          [new, 'job_id'], [new, 'job_id'], ondelete='CASCADE')
    op.execute("ANALYZE classifications")


def downgrade():
    lock()
    set_aside_results()
    op.drop_constraint('fk_job_results_namespace_id', 'old_results')
    op.execute("ALTER TABLE pushes ALTER COLUMN id TYPE bigint")
    op.execute("ALTER SEQUENCE pushes_id_seq AS bigint")
    words = ", ".join(repr(word) for word in RESULTS)
    op.create_table(
        'job_results',
        sa.Column('namespace', sa.Text(), nullable=False),
        sa.Column('job_id', sa.Text(), nullable=False),
        sa.Column('push', sa.BigInteger(), nullable=False),
        sa.Column('job_name_id', sa.Integer(), nullable=False),
        sa.Column('result', sa.Text(), nullable=False),
        sa.Column('started_at', sa.DateTime(timezone=True)),
        sa.Column('duration_ms', sa.BigInteger()),
        sa.Column('known_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('tier', sa.SmallInteger(), nullable=False),
        sa.CheckConstraint("namespace <> '' AND job_id <> ''", name=op.f('ck_job_results_key')),
        sa.CheckConstraint(f"result IN ({words})", name=op.f('ck_job_results_result')),
        sa.CheckConstraint('duration_ms >= 0', name=op.f('ck_job_results_duration')))
    op.execute("""
        INSERT INTO job_results
        SELECT namespaces.name, job_id, push, job_name_id, result::text,
            known_at - coalesce(duration_ms, 0) * interval '1 millisecond', duration_ms, known_at,
            tier
        FROM old_results JOIN namespaces ON namespaces.id = namespace_id
    """)
    op.execute("DROP TABLE old_results")
    finish_results('namespace')
    op.execute("""
        CREATE FUNCTION pg_temp.name_of(integer) RETURNS text LANGUAGE sql STABLE
        AS 'SELECT name FROM namespaces WHERE id = $1'
    """)
    rewrite_classifications("""
        ALTER COLUMN namespace_id TYPE text USING pg_temp.name_of(namespace_id),
        ALTER COLUMN job_id TYPE text COLLATE "default"
    """, old='namespace_id', new='namespace')
    op.execute("DROP FUNCTION pg_temp.name_of(integer)")
    op.drop_table('namespaces')
    # A program that still runs may have it in a temporary table.
    op.execute("DROP TYPE job_result CASCADE")
