"""each low-value job may have its own turn among the pushes of its interval"""

import sqlalchemy as sa
from alembic import op

revision = '1.8'
down_revision = '1.7'
branch_labels = None
depends_on = None


def upgrade():
    op.add_column('projects', sa.Column(
        'is_staggered', sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column('schedules', sa.Column(
        'ran_turns', sa.ARRAY(sa.Text()), nullable=False, server_default='{}'))


def downgrade():
    op.drop_column('schedules', 'ran_turns')
    op.drop_column('projects', 'is_staggered')
