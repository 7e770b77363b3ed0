"""what became of a push after it was answered"""

import sqlalchemy as sa
from alembic import op

revision = '0020'
down_revision = '0001'
branch_labels = None
depends_on = None


def upgrade():
    op.add_column('schedules', sa.Column('confirmed_at', sa.DateTime(timezone=True)))
    op.add_column('schedules', sa.Column('late_at', sa.DateTime(timezone=True)))
    op.add_column('schedules', sa.Column(
        'late_names', sa.ARRAY(sa.Text()), server_default=sa.text("'{}'"), nullable=False))
    op.create_check_constraint(
        op.f('ck_schedules_late'), 'schedules', "(late_at IS NULL) = (late_names = '{}')")
    op.create_index(
        'ix_schedules_unconfirmed', 'schedules', ['project', 'build_system', 'pushed_at'],
        postgresql_where=sa.text('confirmed_at IS NULL AND failed_at IS NULL'))


def downgrade():
    op.drop_index('ix_schedules_unconfirmed', table_name='schedules')
    op.drop_constraint(op.f('ck_schedules_late'), 'schedules')
    op.drop_column('schedules', 'late_names')
    op.drop_column('schedules', 'late_at')
    op.drop_column('schedules', 'confirmed_at')
