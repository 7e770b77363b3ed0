"""regressions that a push let in"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = '1.7'
down_revision = '1.6'
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        'misses',
        sa.Column('id', sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column('project', sa.Text(), nullable=False),
        sa.Column('build_system', sa.Text(), nullable=False),
        sa.Column('fixed_by', sa.Text(), nullable=False),
        sa.Column('first_known_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('known_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('ended_at', sa.DateTime(timezone=True)),
        sa.Column('ended_why', sa.Text()),
        sa.Column('found_by', sa.Text(), nullable=False),
        sa.Column('found_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('pushes', sa.Integer(), nullable=False),
        sa.Column('left_out', sa.Integer(), nullable=False),
        sa.Column('late_pushes', sa.Integer(), nullable=False),
        sa.Column('late_minutes', sa.Float(), nullable=False),
        sa.Column('snapshot_id', sa.Integer()),
        sa.Column('facts', postgresql.JSONB(), nullable=False),
        sa.CheckConstraint('left_out BETWEEN 1 AND pushes', name=op.f('ck_misses_left_out')),
        sa.CheckConstraint('late_pushes >= 0 AND late_minutes >= 0', name=op.f('ck_misses_late')),
        sa.CheckConstraint('first_known_at <= known_at', name=op.f('ck_misses_known_at')),
        sa.CheckConstraint('(ended_at IS NULL) = (ended_why IS NULL)',
                           name=op.f('ck_misses_ended')),
        sa.CheckConstraint("ended_why IN ('withdrawn', 'replaced')",
                           name=op.f('ck_misses_ended_why')),
        sa.ForeignKeyConstraint(['project'], ['projects.name'], ondelete='CASCADE',
                                name=op.f('fk_misses_project')),
        sa.ForeignKeyConstraint(['snapshot_id'], ['snapshots.id'], ondelete='SET NULL',
                                name=op.f('fk_misses_snapshot_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_misses')))
    op.create_index('uq_misses_current', 'misses', ['project', 'fixed_by'], unique=True,
                    postgresql_where=sa.text('ended_at IS NULL'))
    op.create_table(
        'miss_looks',
        sa.Column('scope', sa.Text(), nullable=False),
        sa.Column('classification_id', sa.BigInteger(), nullable=False),
        sa.Column('looked_at', sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(['scope'], ['scopes.name'], ondelete='CASCADE',
                                name=op.f('fk_miss_looks_scope')),
        sa.PrimaryKeyConstraint('scope', name=op.f('pk_miss_looks')))


def downgrade():
    op.drop_table('miss_looks')
    op.drop_table('misses')
