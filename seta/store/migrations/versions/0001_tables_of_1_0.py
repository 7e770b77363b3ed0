"""the tables of SETA 1.0"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = '1.0'
down_revision = None
branch_labels = None
depends_on = None


def upgrade():
    op.create_table('alarms',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('subject', sa.Text(), nullable=False),
    sa.Column('message', sa.Text(), nullable=False),
    sa.Column('raised_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('last_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('cleared_at', sa.DateTime(timezone=True), nullable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_alarms'))
    )
    op.create_index('uq_alarms_open_subject', 'alarms', ['subject'], unique=True, postgresql_where=sa.text('cleared_at IS NULL'))
    op.create_table('audit',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('who', sa.Text(), nullable=False),
    sa.Column('what', sa.Text(), nullable=False),
    sa.Column('target', sa.Text(), nullable=False),
    sa.Column('why', sa.Text(), nullable=False),
    sa.Column('details', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.CheckConstraint("who <> ''", name=op.f('ck_audit_who')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_audit'))
    )
    op.create_table('job_types',
    sa.Column('id', sa.Integer(), sa.Identity(always=False), nullable=False),
    sa.Column('platform', sa.Text(), nullable=False),
    sa.Column('build_type', sa.Text(), nullable=False),
    sa.Column('test_suite', sa.Text(), nullable=False),
    sa.Column('chunk', sa.Integer(), nullable=False),
    sa.CheckConstraint('chunk >= 0', name=op.f('ck_job_types_chunk')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_job_types')),
    sa.UniqueConstraint('platform', 'build_type', 'test_suite', 'chunk', name=op.f('uq_job_types_platform_build_type_test_suite_chunk'))
    )
    op.create_table('runs',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('task', sa.Text(), nullable=False),
    sa.Column('source', sa.Text(), nullable=False),
    sa.Column('project', sa.Text(), nullable=False),
    sa.Column('scope', sa.Text(), nullable=False),
    sa.Column('started_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('ended_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('status', sa.Text(), nullable=False),
    sa.Column('counts', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('error', sa.Text(), nullable=True),
    sa.CheckConstraint("(status = 'running') = (ended_at IS NULL)", name=op.f('ck_runs_ended_at')),
    sa.CheckConstraint("status IN ('running', 'done', 'failed', 'stopped')", name=op.f('ck_runs_status')),
    sa.CheckConstraint("task IN ('ingest', 'import', 'analysis', 'upkeep')", name=op.f('ck_runs_task')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_runs'))
    )
    op.create_index('ix_runs_task_started_at', 'runs', ['task', 'started_at'], unique=False)
    op.create_table('scopes',
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('is_archived', sa.Boolean(), nullable=False),
    sa.Column('redundancy', sa.Integer(), nullable=False),
    sa.Column('window_days', sa.Integer(), nullable=False),
    sa.Column('published_snapshot_id', sa.Integer(), nullable=True),
    sa.Column('stopped_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('stopped_by', sa.Text(), nullable=True),
    sa.Column('stopped_why', sa.Text(), nullable=True),
    sa.Column('title', sa.Text(), server_default='', nullable=False),
    sa.Column('description', sa.Text(), server_default='', nullable=False),
    sa.CheckConstraint("name ~ '^[A-Za-z0-9._-]{1,64}$'", name=op.f('ck_scopes_name')),
    sa.CheckConstraint('(stopped_at IS NULL) = (stopped_by IS NULL)', name=op.f('ck_scopes_stopped')),
    sa.CheckConstraint('redundancy BETWEEN 1 AND 10', name=op.f('ck_scopes_redundancy')),
    sa.CheckConstraint('window_days BETWEEN 1 AND 3650', name=op.f('ck_scopes_window_days')),
    sa.PrimaryKeyConstraint('name', name=op.f('pk_scopes'))
    )
    op.create_table('overrides',
    sa.Column('id', sa.Integer(), sa.Identity(always=False), nullable=False),
    sa.Column('scope', sa.Text(), nullable=False),
    sa.Column('platform', sa.Text(), nullable=True),
    sa.Column('build_type', sa.Text(), nullable=True),
    sa.Column('test_suite', sa.Text(), nullable=True),
    sa.Column('name', sa.Text(), nullable=True),
    sa.Column('build_system', sa.Text(), nullable=True),
    sa.Column('priority', sa.SmallInteger(), nullable=True),
    sa.Column('never_skip', sa.Boolean(), nullable=False),
    sa.Column('reason', sa.Text(), nullable=False),
    sa.Column('who', sa.Text(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('expires_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('ended_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('ended_by', sa.Text(), nullable=True),
    sa.CheckConstraint("who <> '' AND reason <> ''", name=op.f('ck_overrides_reason')),
    sa.CheckConstraint('(priority IS NULL) = never_skip', name=op.f('ck_overrides_decision')),
    sa.CheckConstraint('expires_at > created_at', name=op.f('ck_overrides_expires_at')),
    sa.CheckConstraint('name IS NULL OR (platform IS NULL AND build_type IS NULL AND test_suite IS NULL)', name=op.f('ck_overrides_pattern')),
    sa.CheckConstraint('priority BETWEEN 1 AND 3', name=op.f('ck_overrides_priority')),
    sa.ForeignKeyConstraint(['scope'], ['scopes.name'], name=op.f('fk_overrides_scope'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_overrides'))
    )
    op.create_index(op.f('ix_overrides_scope'), 'overrides', ['scope'], unique=False)
    op.create_table('projects',
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('scope', sa.Text(), nullable=False),
    sa.Column('build_systems', sa.ARRAY(sa.Text()), nullable=False),
    sa.Column('is_integration', sa.Boolean(), nullable=False),
    sa.Column('is_killed', sa.Boolean(), nullable=False),
    sa.Column('priority_2_pushes', sa.Integer(), nullable=False),
    sa.Column('priority_2_minutes', sa.Integer(), nullable=False),
    sa.Column('priority_3_pushes', sa.Integer(), nullable=False),
    sa.Column('priority_3_minutes', sa.Integer(), nullable=False),
    sa.Column('backstop_pushes', sa.Integer(), nullable=False),
    sa.Column('backstop_minutes', sa.Integer(), nullable=False),
    sa.Column('infer_regressions', sa.Boolean(), nullable=False),
    sa.Column('infer_after', sa.Integer(), nullable=False),
    sa.Column('open_scheduling', sa.Boolean(), nullable=False),
    sa.Column('source', sa.Text(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('pruned_before', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint("name ~ '^[A-Za-z0-9._-]{1,64}$'", name=op.f('ck_projects_name')),
    sa.CheckConstraint('cardinality(build_systems) > 0', name=op.f('ck_projects_build_systems')),
    sa.CheckConstraint('infer_after BETWEEN 1 AND 100', name=op.f('ck_projects_infer_after')),
    sa.CheckConstraint('least(priority_2_pushes, priority_2_minutes, priority_3_pushes, priority_3_minutes, backstop_pushes, backstop_minutes) >= 1', name=op.f('ck_projects_cadence')),
    sa.ForeignKeyConstraint(['scope'], ['scopes.name'], name=op.f('fk_projects_scope')),
    sa.PrimaryKeyConstraint('name', name=op.f('pk_projects'))
    )
    op.create_index(op.f('ix_projects_scope'), 'projects', ['scope'], unique=False)
    op.create_table('renames',
    sa.Column('id', sa.Integer(), sa.Identity(always=False), nullable=False),
    sa.Column('scope', sa.Text(), nullable=False),
    sa.Column('old', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('new', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('since', sa.DateTime(timezone=True), nullable=False),
    sa.Column('who', sa.Text(), nullable=False),
    sa.Column('why', sa.Text(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('ended_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('ended_by', sa.Text(), nullable=True),
    sa.CheckConstraint("who <> '' AND why <> ''", name=op.f('ck_renames_reason')),
    sa.CheckConstraint('old <> new', name=op.f('ck_renames_change')),
    sa.ForeignKeyConstraint(['scope'], ['scopes.name'], name=op.f('fk_renames_scope'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_renames'))
    )
    op.create_index(op.f('ix_renames_scope'), 'renames', ['scope'], unique=False)
    op.create_table('snapshots',
    sa.Column('id', sa.Integer(), sa.Identity(always=False), nullable=False),
    sa.Column('scope', sa.Text(), nullable=False),
    sa.Column('as_of', sa.DateTime(timezone=True), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('inputs', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('unit', sa.Text(), nullable=False),
    sa.Column('objective', sa.BigInteger(), nullable=False),
    sa.Column('lower_bound', sa.Double(), nullable=False),
    sa.Column('gap', sa.Double(), nullable=False),
    sa.Column('status', sa.Text(), nullable=False),
    sa.Column('regressions', sa.Integer(), nullable=False),
    sa.Column('uncoverable', sa.ARRAY(sa.Text()), nullable=False),
    sa.Column('given_up', sa.ARRAY(sa.Text()), nullable=False),
    sa.Column('comparison', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('held_because', sa.Text(), nullable=True),
    sa.CheckConstraint("status IN ('optimal', 'limit')", name=op.f('ck_snapshots_status')),
    sa.CheckConstraint("unit IN ('ms', 'jobs')", name=op.f('ck_snapshots_unit')),
    sa.CheckConstraint('gap >= 0', name=op.f('ck_snapshots_gap')),
    sa.ForeignKeyConstraint(['scope'], ['scopes.name'], name=op.f('fk_snapshots_scope'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_snapshots')),
    sa.UniqueConstraint('id', 'scope', name=op.f('uq_snapshots_id_scope'))
    )
    op.create_index('ix_snapshots_scope_created_at', 'snapshots', ['scope', 'created_at'], unique=False)
    op.create_table('failed_slices',
    sa.Column('source', sa.Text(), nullable=False),
    sa.Column('project', sa.Text(), nullable=False),
    sa.Column('by', sa.Text(), nullable=False),
    sa.Column('starts_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('ends_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('failures', sa.Integer(), nullable=False),
    sa.Column('is_set_aside', sa.Boolean(), nullable=False),
    sa.Column('error', sa.Text(), nullable=False),
    sa.Column('failed_at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint("by IN ('push', 'modified')", name=op.f('ck_failed_slices_by')),
    sa.CheckConstraint('failures >= 1', name=op.f('ck_failed_slices_failures')),
    sa.CheckConstraint('starts_at < ends_at', name=op.f('ck_failed_slices_span')),
    sa.ForeignKeyConstraint(['project'], ['projects.name'], name=op.f('fk_failed_slices_project'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('source', 'project', 'by', 'starts_at', 'ends_at', name=op.f('pk_failed_slices'))
    )
    op.create_table('job_lists',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('project', sa.Text(), nullable=False),
    sa.Column('build_system', sa.Text(), nullable=False),
    sa.Column('seen_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('last_seen_at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint('last_seen_at >= seen_at', name=op.f('ck_job_lists_last_seen_at')),
    sa.ForeignKeyConstraint(['project'], ['projects.name'], name=op.f('fk_job_lists_project'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_job_lists')),
    sa.UniqueConstraint('project', 'build_system', 'seen_at', name=op.f('uq_job_lists_project_build_system_seen_at'))
    )
    op.create_table('job_names',
    sa.Column('id', sa.Integer(), sa.Identity(always=False), nullable=False),
    sa.Column('project', sa.Text(), nullable=False),
    sa.Column('build_system', sa.Text(), nullable=False),
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('job_type_id', sa.Integer(), nullable=True),
    sa.Column('tier', sa.SmallInteger(), nullable=False),
    sa.Column('group_symbol', sa.Text(), nullable=False),
    sa.Column('symbol', sa.Text(), nullable=False),
    sa.Column('is_given', sa.Boolean(), nullable=False),
    sa.CheckConstraint("name <> ''", name=op.f('ck_job_names_name')),
    sa.CheckConstraint('tier BETWEEN 1 AND 9', name=op.f('ck_job_names_tier')),
    sa.ForeignKeyConstraint(['job_type_id'], ['job_types.id'], name=op.f('fk_job_names_job_type_id')),
    sa.ForeignKeyConstraint(['project'], ['projects.name'], name=op.f('fk_job_names_project'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_job_names')),
    sa.UniqueConstraint('project', 'build_system', 'name', name=op.f('uq_job_names_project_build_system_name'))
    )
    op.create_index(op.f('ix_job_names_job_type_id'), 'job_names', ['job_type_id'], unique=False)
    op.create_table('publications',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('scope', sa.Text(), nullable=False),
    sa.Column('snapshot_id', sa.Integer(), nullable=False),
    sa.Column('published_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('how', sa.Text(), nullable=False),
    sa.Column('who', sa.Text(), nullable=False),
    sa.Column('why', sa.Text(), nullable=False),
    sa.CheckConstraint("how = 'automatic' OR (who <> '' AND why <> '')", name=op.f('ck_publications_reason')),
    sa.CheckConstraint("how IN ('automatic', 'by hand', 'rollback')", name=op.f('ck_publications_how')),
    sa.ForeignKeyConstraint(['scope'], ['scopes.name'], name=op.f('fk_publications_scope'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['snapshot_id'], ['snapshots.id'], name=op.f('fk_publications_snapshot_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_publications'))
    )
    op.create_index(op.f('ix_publications_scope'), 'publications', ['scope'], unique=False)
    op.create_table('pushes',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('project', sa.Text(), nullable=False),
    sa.Column('revision', sa.Text(), nullable=False),
    sa.Column('pushed_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('push_id', sa.Text(), nullable=True),
    sa.CheckConstraint("push_id ~ '^[A-Za-z0-9._:-]{1,64}$'", name=op.f('ck_pushes_push_id')),
    sa.CheckConstraint("revision <> ''", name=op.f('ck_pushes_revision')),
    sa.ForeignKeyConstraint(['project'], ['projects.name'], name=op.f('fk_pushes_project'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_pushes')),
    sa.UniqueConstraint('project', 'revision', name=op.f('uq_pushes_project_revision'))
    )
    op.create_index('ix_pushes_project_pushed_at', 'pushes', ['project', 'pushed_at'], unique=False)
    op.create_table('schedules',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('project', sa.Text(), nullable=False),
    sa.Column('build_system', sa.Text(), nullable=False),
    sa.Column('push_id', sa.Text(), nullable=False),
    sa.Column('revision', sa.Text(), nullable=False),
    sa.Column('pushed_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('answered_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('kind', sa.Text(), nullable=False),
    sa.Column('snapshot_id', sa.Integer(), nullable=True),
    sa.Column('ran_priority_2', sa.Boolean(), nullable=False),
    sa.Column('ran_priority_3', sa.Boolean(), nullable=False),
    sa.Column('ran_backstop', sa.Boolean(), nullable=False),
    sa.Column('counts', sa.Boolean(), nullable=False),
    sa.Column('run_names', sa.ARRAY(sa.Text()), nullable=False),
    sa.Column('skip_names', sa.ARRAY(sa.Text()), nullable=False),
    sa.Column('answer', sa.LargeBinary(), nullable=False),
    sa.Column('failed_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('failed_why', sa.Text(), nullable=True),
    sa.Column('confirmed_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('late_names', sa.ARRAY(sa.Text()), server_default=sa.text("'{}'"), nullable=False),
    sa.Column('late_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('late_intervals', sa.ARRAY(sa.Text()), server_default=sa.text("'{}'"), nullable=False),
    sa.CheckConstraint("(late_at IS NULL) = (late_names = '{}')", name=op.f('ck_schedules_late')),
    sa.CheckConstraint("kind IN ('selective', 'full')", name=op.f('ck_schedules_kind')),
    sa.CheckConstraint("push_id ~ '^[A-Za-z0-9._:-]{1,64}$'", name=op.f('ck_schedules_push_id')),
    sa.CheckConstraint('(failed_at IS NULL) = (failed_why IS NULL)', name=op.f('ck_schedules_failed')),
    sa.ForeignKeyConstraint(['project'], ['projects.name'], name=op.f('fk_schedules_project'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['snapshot_id'], ['snapshots.id'], name=op.f('fk_schedules_snapshot_id'), ondelete='SET NULL'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_schedules')),
    sa.UniqueConstraint('project', 'build_system', 'push_id', name=op.f('uq_schedules_project_build_system_push_id'))
    )
    op.create_index('ix_schedules_order', 'schedules', ['project', 'build_system', 'pushed_at', 'id'], unique=False)
    op.create_index('ix_schedules_unconfirmed', 'schedules', ['project', 'build_system', 'pushed_at'], unique=False, postgresql_where=sa.text('confirmed_at IS NULL AND failed_at IS NULL'))
    op.create_table('snapshot_lists',
    sa.Column('snapshot_id', sa.Integer(), nullable=False),
    sa.Column('project', sa.Text(), nullable=False),
    sa.Column('build_system', sa.Text(), nullable=False),
    sa.Column('priority', sa.SmallInteger(), nullable=False),
    sa.Column('names', sa.ARRAY(sa.Text()), nullable=False),
    sa.Column('job_type_ids', sa.ARRAY(sa.Integer()), nullable=False),
    sa.CheckConstraint('priority BETWEEN 1 AND 3', name=op.f('ck_snapshot_lists_priority')),
    sa.ForeignKeyConstraint(['project'], ['projects.name'], name=op.f('fk_snapshot_lists_project'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['snapshot_id'], ['snapshots.id'], name=op.f('fk_snapshot_lists_snapshot_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('snapshot_id', 'project', 'build_system', 'priority', name=op.f('pk_snapshot_lists'))
    )
    op.create_table('snapshot_priorities',
    sa.Column('snapshot_id', sa.Integer(), nullable=False),
    sa.Column('job_type_id', sa.Integer(), nullable=False),
    sa.Column('priority', sa.SmallInteger(), nullable=False),
    sa.Column('reason', sa.Text(), nullable=False),
    sa.Column('cost', sa.BigInteger(), nullable=False),
    sa.Column('caught', sa.Integer(), nullable=False),
    sa.Column('certificate', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.CheckConstraint('priority BETWEEN 1 AND 3', name=op.f('ck_snapshot_priorities_priority')),
    sa.ForeignKeyConstraint(['job_type_id'], ['job_types.id'], name=op.f('fk_snapshot_priorities_job_type_id')),
    sa.ForeignKeyConstraint(['snapshot_id'], ['snapshots.id'], name=op.f('fk_snapshot_priorities_snapshot_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('snapshot_id', 'job_type_id', name=op.f('pk_snapshot_priorities'))
    )
    op.create_index(op.f('ix_snapshot_priorities_job_type_id'), 'snapshot_priorities', ['job_type_id'], unique=False)
    op.create_table('snapshot_regressions',
    sa.Column('snapshot_id', sa.Integer(), nullable=False),
    sa.Column('fixed_by', sa.Text(), nullable=False),
    sa.Column('is_inferred', sa.Boolean(), nullable=False),
    sa.Column('caught_by', sa.ARRAY(sa.Integer()), nullable=False),
    sa.ForeignKeyConstraint(['snapshot_id'], ['snapshots.id'], name=op.f('fk_snapshot_regressions_snapshot_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('snapshot_id', 'fixed_by', name=op.f('pk_snapshot_regressions'))
    )
    op.create_table('watermarks',
    sa.Column('project', sa.Text(), nullable=False),
    sa.Column('source', sa.Text(), nullable=False),
    sa.Column('reached_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('succeeded_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('fill_until', sa.DateTime(timezone=True), nullable=True),
    sa.Column('filled_to', sa.DateTime(timezone=True), nullable=True),
    sa.Column('asked_to', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint('(fill_until IS NULL) = (filled_to IS NULL)', name=op.f('ck_watermarks_fill')),
    sa.CheckConstraint('num_nonnulls(reached_at, succeeded_at, fill_until) > 0', name=op.f('ck_watermarks_known')),
    sa.ForeignKeyConstraint(['project'], ['projects.name'], name=op.f('fk_watermarks_project'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('project', 'source', name=op.f('pk_watermarks'))
    )
    op.create_table('job_days',
    sa.Column('job_name_id', sa.Integer(), nullable=False),
    sa.Column('day', sa.Date(), nullable=False),
    sa.Column('runs', sa.Integer(), nullable=False),
    sa.Column('failures', sa.Integer(), nullable=False),
    sa.Column('timed_runs', sa.Integer(), nullable=False),
    sa.Column('milliseconds', sa.BigInteger(), nullable=False),
    sa.Column('first_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('last_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('listed_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint('runs > 0 OR listed_at IS NOT NULL', name=op.f('ck_job_days_something')),
    sa.CheckConstraint('runs >= failures AND failures >= 0', name=op.f('ck_job_days_failures')),
    sa.CheckConstraint('runs >= timed_runs AND timed_runs >= 0', name=op.f('ck_job_days_timed_runs')),
    sa.ForeignKeyConstraint(['job_name_id'], ['job_names.id'], name=op.f('fk_job_days_job_name_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('job_name_id', 'day', name=op.f('pk_job_days'))
    )
    op.create_table('job_list_entries',
    sa.Column('job_list_id', sa.BigInteger(), nullable=False),
    sa.Column('job_name_id', sa.Integer(), nullable=False),
    sa.Column('tier', sa.SmallInteger(), server_default='1', nullable=False),
    sa.CheckConstraint('tier BETWEEN 1 AND 9', name=op.f('ck_job_list_entries_tier')),
    sa.ForeignKeyConstraint(['job_list_id'], ['job_lists.id'], name=op.f('fk_job_list_entries_job_list_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['job_name_id'], ['job_names.id'], name=op.f('fk_job_list_entries_job_name_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('job_list_id', 'job_name_id', name=op.f('pk_job_list_entries'))
    )
    op.create_index(op.f('ix_job_list_entries_job_name_id'), 'job_list_entries', ['job_name_id'], unique=False)
    op.create_table('job_results',
    sa.Column('namespace', sa.Text(), nullable=False),
    sa.Column('job_id', sa.Text(), nullable=False),
    sa.Column('push', sa.BigInteger(), nullable=False),
    sa.Column('job_name_id', sa.Integer(), nullable=False),
    sa.Column('result', sa.Text(), nullable=False),
    sa.Column('started_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('duration_ms', sa.BigInteger(), nullable=True),
    sa.Column('known_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('tier', sa.SmallInteger(), nullable=False),
    sa.CheckConstraint("namespace <> '' AND job_id <> ''", name=op.f('ck_job_results_key')),
    sa.CheckConstraint("result IN ('busted', 'exception', 'retry', 'skipped', 'success', 'superseded', 'testfailed', 'usercancel')", name=op.f('ck_job_results_result')),
    sa.CheckConstraint('duration_ms >= 0', name=op.f('ck_job_results_duration')),
    sa.ForeignKeyConstraint(['job_name_id'], ['job_names.id'], name=op.f('fk_job_results_job_name_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['push'], ['pushes.id'], name=op.f('fk_job_results_push'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('namespace', 'job_id', name=op.f('pk_job_results'))
    )
    op.create_index('ix_job_results_job_name_id_known_at', 'job_results', ['job_name_id', 'known_at'], unique=False)
    op.create_index(op.f('ix_job_results_push'), 'job_results', ['push'], unique=False)
    op.create_table('stale_job_days',
    sa.Column('job_name_id', sa.Integer(), nullable=False),
    sa.Column('day', sa.Date(), nullable=False),
    sa.ForeignKeyConstraint(['job_name_id'], ['job_names.id'], name=op.f('fk_stale_job_days_job_name_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('job_name_id', 'day', name=op.f('pk_stale_job_days'))
    )
    op.create_table('classifications',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('namespace', sa.Text(), nullable=False),
    sa.Column('job_id', sa.Text(), nullable=False),
    sa.Column('classification', sa.Text(), nullable=False),
    sa.Column('fixed_by', sa.ARRAY(sa.Text()), nullable=False),
    sa.Column('unparsed', sa.Integer(), nullable=False),
    sa.Column('classified_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('is_assumed', sa.Boolean(), nullable=False),
    sa.Column('is_inferred', sa.Boolean(), nullable=False),
    sa.Column('who', sa.Text(), nullable=True),
    sa.Column('recorded_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.CheckConstraint("classification IN ('autoclassified intermittent', 'expected fail', 'fixed by commit', 'infra', 'intermittent', 'intermittent needs bugid', 'intermittent needs filing', 'new failure not classified', 'not classified')", name=op.f('ck_classifications_classification')),
    sa.CheckConstraint('NOT is_inferred OR who IS NULL', name=op.f('ck_classifications_inferred')),
    sa.CheckConstraint('unparsed >= 0', name=op.f('ck_classifications_unparsed')),
    sa.ForeignKeyConstraint(['namespace', 'job_id'], ['job_results.namespace', 'job_results.job_id'], name='fk_classifications_job', ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_classifications'))
    )
    op.create_index('ix_classifications_job', 'classifications', ['namespace', 'job_id', 'classified_at', 'id'], unique=False)
    # Scopes and snapshots refer to each other: the second reference needs both tables.
    op.create_foreign_key(
        "fk_scopes_published_snapshot", "scopes", "snapshots",
        ["published_snapshot_id", "name"], ["id", "scope"])


def downgrade():
    op.drop_constraint("fk_scopes_published_snapshot", "scopes")
    op.drop_index('ix_classifications_job', table_name='classifications')
    op.drop_table('classifications')
    op.drop_table('stale_job_days')
    op.drop_index(op.f('ix_job_results_push'), table_name='job_results')
    op.drop_index('ix_job_results_job_name_id_known_at', table_name='job_results')
    op.drop_table('job_results')
    op.drop_index(op.f('ix_job_list_entries_job_name_id'), table_name='job_list_entries')
    op.drop_table('job_list_entries')
    op.drop_table('job_days')
    op.drop_table('watermarks')
    op.drop_table('snapshot_regressions')
    op.drop_index(op.f('ix_snapshot_priorities_job_type_id'), table_name='snapshot_priorities')
    op.drop_table('snapshot_priorities')
    op.drop_table('snapshot_lists')
    op.drop_index('ix_schedules_unconfirmed', table_name='schedules', postgresql_where=sa.text('confirmed_at IS NULL AND failed_at IS NULL'))
    op.drop_index('ix_schedules_order', table_name='schedules')
    op.drop_table('schedules')
    op.drop_index('ix_pushes_project_pushed_at', table_name='pushes')
    op.drop_table('pushes')
    op.drop_index(op.f('ix_publications_scope'), table_name='publications')
    op.drop_table('publications')
    op.drop_index(op.f('ix_job_names_job_type_id'), table_name='job_names')
    op.drop_table('job_names')
    op.drop_table('job_lists')
    op.drop_table('failed_slices')
    op.drop_index('ix_snapshots_scope_created_at', table_name='snapshots')
    op.drop_table('snapshots')
    op.drop_index(op.f('ix_renames_scope'), table_name='renames')
    op.drop_table('renames')
    op.drop_index(op.f('ix_projects_scope'), table_name='projects')
    op.drop_table('projects')
    op.drop_index(op.f('ix_overrides_scope'), table_name='overrides')
    op.drop_table('overrides')
    op.drop_table('scopes')
    op.drop_index('ix_runs_task_started_at', table_name='runs')
    op.drop_table('runs')
    op.drop_table('job_types')
    op.drop_table('audit')
    op.drop_index('uq_alarms_open_subject', table_name='alarms', postgresql_where=sa.text('cleared_at IS NULL'))
    op.drop_table('alarms')
