"""what sources say and when it was seen; limits that all processes share

It only adds, so that the release before this one still works on these tables.
"""

import sqlalchemy as sa
from alembic import op

revision = '1.1'
down_revision = '1.0'
branch_labels = None
depends_on = None


def upgrade():
    op.add_column('classifications', sa.Column('modified_at', sa.DateTime(timezone=True)))
    op.add_column('pushes', sa.Column('treeherder_id', sa.Text()))
    # Until now both numbers were in one column.
    op.execute("""
        UPDATE pushes SET treeherder_id = push_id, push_id = NULL FROM projects
        WHERE projects.name = pushes.project AND projects.source = 'treeherder'
    """)
    op.add_column('runs', sa.Column(
        'is_whole', sa.Boolean(), server_default=sa.text('true'), nullable=False))
    op.create_index('ix_runs_running', 'runs', ['id'],
                    postgresql_where=sa.text("status = 'running'"))
    one_source_for_files_and_posts()
    op.add_column('job_names', sa.Column(
        'is_build', sa.Boolean(), nullable=False, server_default='false'))
    op.create_table(
        'write_limits',
        sa.Column('client', sa.Text(), primary_key=True),
        sa.Column('remaining', sa.Float(), nullable=False),
        sa.Column('used_at', sa.DateTime(timezone=True), nullable=False),
        prefixes=['UNLOGGED'])


def one_source_for_files_and_posts():
    op.execute("""
        UPDATE projects SET source = 'files'
        WHERE source IN ('import', 'results') OR source = '' AND EXISTS (
            SELECT FROM watermarks AS mark
            WHERE mark.project = projects.name AND mark.source IN ('import', 'results'))
    """)
    op.execute("""
        INSERT INTO watermarks (project, source, succeeded_at)
        SELECT project, 'files', max(succeeded_at) FROM watermarks
        WHERE source IN ('import', 'results', 'files') GROUP BY project
        ON CONFLICT (project, source) DO UPDATE SET succeeded_at = excluded.succeeded_at
    """)
    op.execute("DELETE FROM watermarks WHERE source IN ('import', 'results')")


def downgrade():
    op.drop_table('write_limits')
    op.drop_column('job_names', 'is_build')
    op.drop_index('ix_runs_running', 'runs')
    op.drop_column('runs', 'is_whole')
    op.execute("UPDATE projects SET source = 'import' WHERE source = 'files'")
    op.execute("UPDATE watermarks SET source = 'import' WHERE source = 'files'")
    op.drop_column('pushes', 'treeherder_id')
    op.drop_column('classifications', 'modified_at')
