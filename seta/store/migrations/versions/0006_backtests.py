"""what past decisions would have caught"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = '1.5'
down_revision = '1.4'
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        'backtests',
        sa.Column('id', sa.Integer(), sa.Identity(), nullable=False),
        sa.Column('scope', sa.Text(), nullable=False),
        sa.Column('made_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('result', postgresql.JSONB(), nullable=False),
        sa.ForeignKeyConstraint(['scope'], ['scopes.name'], ondelete='CASCADE',
                                name=op.f('fk_backtests_scope')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_backtests')))
    op.create_index(op.f('ix_backtests_scope'), 'backtests', ['scope'])


def downgrade():
    op.drop_table('backtests')
