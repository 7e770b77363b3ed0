"""levels that a timer started on a push afterwards"""

import sqlalchemy as sa
from alembic import op

revision = '0021'
down_revision = '0002'
branch_labels = None
depends_on = None


def upgrade():
    op.add_column('schedules', sa.Column(
        'late_levels', sa.ARRAY(sa.Text()), server_default=sa.text("'{}'"), nullable=False))


def downgrade():
    op.drop_column('schedules', 'late_levels')
