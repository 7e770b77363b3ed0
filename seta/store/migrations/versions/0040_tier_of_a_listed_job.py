"""the tier that a list gave, so that a past moment does not see a later one"""

import sqlalchemy as sa
from alembic import op

revision = '0040'
down_revision = '0021'
branch_labels = None
depends_on = None


def upgrade():
    op.add_column('job_list_entries', sa.Column(
        'tier', sa.SmallInteger(), server_default=sa.text('1'), nullable=False))
    op.create_check_constraint(
        op.f('ck_job_list_entries_tier'), 'job_list_entries', 'tier BETWEEN 1 AND 9')


def downgrade():
    op.drop_column('job_list_entries', 'tier')
