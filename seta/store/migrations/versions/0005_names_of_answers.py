"""what an answer runs and leaves out is read from the answer

The release before this one cannot add to the ledger of these tables, nor say what is due.
"""

import gzip
import json

import sqlalchemy as sa
from alembic import op

revision = '1.4'
down_revision = '1.3'
branch_labels = None
depends_on = None

COLUMNS = ('run_names', 'skip_names')


def upgrade():
    for name in COLUMNS:
        op.drop_column('schedules', name)


def downgrade():
    for name in COLUMNS:
        op.add_column('schedules', sa.Column(
            name, sa.ARRAY(sa.Text()), nullable=False, server_default='{}'))
    connection = op.get_bind()
    # One at a time: an answer unpacked may take megabytes.
    for number in connection.scalars(sa.text("SELECT id FROM schedules")).all():
        packed = connection.scalar(
            sa.text("SELECT answer FROM schedules WHERE id = :id"), {"id": number})
        answer = json.loads(gzip.decompress(packed))
        connection.execute(
            sa.text("UPDATE schedules SET run_names = :run, skip_names = :skip WHERE id = :id"),
            {"run": answer["run"], "skip": answer["skip"], "id": number})
    for name in COLUMNS:
        op.alter_column('schedules', name, server_default=None)
