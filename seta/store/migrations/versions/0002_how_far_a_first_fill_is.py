"""how far a first fill is, and how far a source was asked"""

import sqlalchemy as sa
from alembic import op

revision = '0002'
down_revision = '0020'
branch_labels = None
depends_on = None


def upgrade():
    for column in ('fill_until', 'filled_to', 'asked_to'):
        op.add_column('watermarks', sa.Column(column, sa.DateTime(timezone=True)))
    op.drop_constraint(op.f('ck_watermarks_known'), 'watermarks')
    op.create_check_constraint(
        op.f('ck_watermarks_known'), 'watermarks',
        'num_nonnulls(reached_at, succeeded_at, fill_until) > 0')
    op.create_check_constraint(
        op.f('ck_watermarks_fill'), 'watermarks', '(fill_until IS NULL) = (filled_to IS NULL)')


def downgrade():
    op.drop_constraint(op.f('ck_watermarks_fill'), 'watermarks')
    op.drop_constraint(op.f('ck_watermarks_known'), 'watermarks')
    op.create_check_constraint(
        op.f('ck_watermarks_known'), 'watermarks',
        'reached_at IS NOT NULL OR succeeded_at IS NOT NULL')
    for column in ('asked_to', 'filled_to', 'fill_until'):
        op.drop_column('watermarks', column)
