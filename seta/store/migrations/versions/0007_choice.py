"""a scope's budget and objective"""

import sqlalchemy as sa
from alembic import op

revision = '1.6'
down_revision = '1.5'
branch_labels = None
depends_on = None


def upgrade():
    op.add_column('scopes', sa.Column('budget', sa.Float(), server_default='1', nullable=False))
    op.add_column('scopes', sa.Column(
        'objective', sa.Text(), server_default='cover', nullable=False))
    op.create_check_constraint(op.f('ck_scopes_budget'), 'scopes', 'budget BETWEEN 1 AND 10')
    op.create_check_constraint(
        op.f('ck_scopes_objective'), 'scopes', "objective IN ('cover', 'expected')")


def downgrade():
    op.drop_column('scopes', 'objective')
    op.drop_column('scopes', 'budget')
