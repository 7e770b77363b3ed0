"""a scope's price for change"""

import sqlalchemy as sa
from alembic import op

revision = '1.9'
down_revision = '1.8'
branch_labels = None
depends_on = None


def upgrade():
    op.add_column('scopes', sa.Column(
        'change_price', sa.Float(), server_default='1', nullable=False))
    op.create_check_constraint(
        op.f('ck_scopes_change_price'), 'scopes', 'change_price BETWEEN 1 AND 10')


def downgrade():
    op.drop_column('scopes', 'change_price')
