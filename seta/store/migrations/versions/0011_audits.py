"""audits of regressions"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = '1.10'
down_revision = '1.9'
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        'audits',
        sa.Column('id', sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column('project', sa.Text(), nullable=False),
        sa.Column('build_system', sa.Text(), nullable=False),
        sa.Column('fixed_by', sa.Text(), nullable=False),
        sa.Column('push_id', sa.Text(), nullable=False),
        sa.Column('revision', sa.Text(), nullable=False),
        sa.Column('pushed_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('chance', sa.Float(), nullable=False),
        sa.Column('is_drawn', sa.Boolean(), nullable=False),
        sa.Column('drawn_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('jobs', postgresql.ARRAY(sa.Text()), server_default=sa.text("'{}'"),
                  nullable=False),
        sa.Column('taken_at', sa.DateTime(timezone=True)),
        sa.Column('done_at', sa.DateTime(timezone=True)),
        sa.Column('runs', sa.Integer(), server_default=sa.text('0'), nullable=False),
        sa.Column('milliseconds', sa.BigInteger(), server_default=sa.text('0'), nullable=False),
        sa.CheckConstraint("push_id ~ '^[A-Za-z0-9._:-]{1,64}$'", name=op.f('ck_audits_push_id')),
        sa.CheckConstraint('chance > 0 AND chance <= 1', name=op.f('ck_audits_chance')),
        sa.CheckConstraint("is_drawn OR jobs = '{}' AND done_at IS NULL AND taken_at IS NULL",
                           name=op.f('ck_audits_drawn')),
        sa.CheckConstraint("done_at IS NULL OR jobs = '{}'", name=op.f('ck_audits_done')),
        sa.CheckConstraint('runs >= 0 AND milliseconds >= 0', name=op.f('ck_audits_costs')),
        sa.ForeignKeyConstraint(['project'], ['projects.name'], ondelete='CASCADE',
                                name=op.f('fk_audits_project')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_audits')),
        sa.UniqueConstraint('fixed_by', 'project', 'build_system',
                            name=op.f('uq_audits_fixed_by_project_build_system')))
    op.create_index('ix_audits_open', 'audits', ['project', 'build_system'],
                    postgresql_where=sa.text('is_drawn AND done_at IS NULL'))
    op.create_table(
        'audit_looks',
        sa.Column('scope', sa.Text(), nullable=False),
        sa.Column('classification_id', sa.BigInteger()),
        sa.Column('first_id', sa.BigInteger()),
        sa.Column('seed', sa.Text(), nullable=False),
        sa.Column('looked_at', sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(['scope'], ['scopes.name'], ondelete='CASCADE',
                                name=op.f('fk_audit_looks_scope')),
        sa.PrimaryKeyConstraint('scope', name=op.f('pk_audit_looks')))


def downgrade():
    op.drop_table('audit_looks')
    op.drop_table('audits')
