/**
 * The schema, as steps from one version to the next, in SQLite's words; PostgreSQL's are put in their
 * place (src/stores/postgres/migrations.ts). This list only grows: a step that was released is never
 * edited. The database says how many were taken.
 */
export const migrations: readonly (readonly string[])[] = [
  [
    `CREATE TABLE runs (
      namespace TEXT NOT NULL,
      id TEXT NOT NULL,
      item_id TEXT NOT NULL,
      workflow_name TEXT NOT NULL,
      workflow_version INTEGER NOT NULL,
      workflow_hash TEXT NOT NULL,
      workflow_file TEXT,
      document TEXT NOT NULL,
      settings TEXT NOT NULL,
      profile TEXT,
      models TEXT NOT NULL,
      folder TEXT NOT NULL,
      engine_build TEXT NOT NULL,
      reuse_key TEXT,
      lane TEXT NOT NULL,
      priority INTEGER NOT NULL,
      status TEXT NOT NULL,
      waiting_reason TEXT,
      waiting_until INTEGER,
      created_at INTEGER NOT NULL,
      updated_at INTEGER NOT NULL,
      started_at INTEGER,
      finished_at INTEGER,
      attempts INTEGER NOT NULL DEFAULT 0,
      host_crashes INTEGER NOT NULL DEFAULT 0,
      cancel_requested INTEGER NOT NULL DEFAULT 0,
      draft TEXT,
      reading TEXT,
      usage TEXT NOT NULL,
      error TEXT,
      lease_token TEXT,
      lease_worker TEXT,
      lease_until INTEGER,
      PRIMARY KEY (namespace, id)
    ) STRICT`,
    `CREATE INDEX runs_by_status ON runs (namespace, status, id)`,
    `CREATE INDEX runs_by_workflow ON runs (namespace, workflow_name, id)`,
    `CREATE INDEX runs_unfinished_by_lane ON runs (namespace, lane, status)
      WHERE status IN ('queued', 'running', 'waiting')`,
    `CREATE UNIQUE INDEX runs_reused ON runs (namespace, reuse_key)
      WHERE reuse_key IS NOT NULL AND status NOT IN ('failed', 'cancelled')`,

    `CREATE TABLE wakeups (
      namespace TEXT NOT NULL,
      run_id TEXT NOT NULL,
      lane TEXT NOT NULL,
      priority INTEGER NOT NULL,
      due_at INTEGER NOT NULL,
      token TEXT,
      worker TEXT,
      hidden_until INTEGER,
      PRIMARY KEY (namespace, run_id),
      FOREIGN KEY (namespace, run_id) REFERENCES runs (namespace, id) ON DELETE CASCADE
    ) STRICT, WITHOUT ROWID`,
    `CREATE INDEX wakeups_by_turn ON wakeups (namespace, priority DESC, due_at, run_id)`,
    `CREATE INDEX wakeups_by_lane ON wakeups (namespace, lane, priority DESC, due_at, run_id)`,

    `CREATE TABLE events (
      namespace TEXT NOT NULL,
      run_id TEXT NOT NULL,
      seq INTEGER NOT NULL,
      at INTEGER NOT NULL,
      type TEXT NOT NULL,
      data TEXT NOT NULL,
      PRIMARY KEY (namespace, run_id, seq),
      FOREIGN KEY (namespace, run_id) REFERENCES runs (namespace, id) ON DELETE CASCADE
    ) STRICT, WITHOUT ROWID`,

    `CREATE TABLE reviews (
      namespace TEXT NOT NULL,
      run_id TEXT NOT NULL,
      number INTEGER NOT NULL,
      step TEXT NOT NULL,
      version INTEGER NOT NULL,
      status TEXT NOT NULL,
      decisions TEXT NOT NULL,
      created_at INTEGER NOT NULL,
      updated_at INTEGER NOT NULL,
      PRIMARY KEY (namespace, run_id, number),
      FOREIGN KEY (namespace, run_id) REFERENCES runs (namespace, id) ON DELETE CASCADE
    ) STRICT, WITHOUT ROWID`,
    `CREATE UNIQUE INDEX reviews_open ON reviews (namespace, run_id) WHERE status = 'open'`,

    `CREATE TABLE checkpoints (
      namespace TEXT NOT NULL,
      thread_id TEXT NOT NULL,
      checkpoint_ns TEXT NOT NULL,
      checkpoint_id TEXT NOT NULL,
      parent_id TEXT,
      checkpoint BLOB NOT NULL,
      metadata TEXT NOT NULL,
      PRIMARY KEY (namespace, thread_id, checkpoint_ns, checkpoint_id)
    ) STRICT, WITHOUT ROWID`,
    `CREATE TABLE contents (
      namespace TEXT NOT NULL,
      thread_id TEXT NOT NULL,
      sha256 BLOB NOT NULL,
      value BLOB NOT NULL,
      UNIQUE (namespace, thread_id, sha256)
    ) STRICT`,
    `CREATE TABLE channels (
      namespace TEXT NOT NULL,
      thread_id TEXT NOT NULL,
      checkpoint_ns TEXT NOT NULL,
      channel TEXT NOT NULL,
      version TEXT NOT NULL,
      type TEXT NOT NULL,
      sha256 BLOB NOT NULL,
      PRIMARY KEY (namespace, thread_id, checkpoint_ns, channel, version),
      FOREIGN KEY (namespace, thread_id, sha256) REFERENCES contents (namespace, thread_id, sha256)
    ) STRICT, WITHOUT ROWID`,
    `CREATE TABLE writes (
      namespace TEXT NOT NULL,
      thread_id TEXT NOT NULL,
      checkpoint_ns TEXT NOT NULL,
      checkpoint_id TEXT NOT NULL,
      task_id TEXT NOT NULL,
      idx INTEGER NOT NULL,
      task_path TEXT NOT NULL,
      channel TEXT NOT NULL,
      type TEXT NOT NULL,
      sha256 BLOB NOT NULL,
      PRIMARY KEY (namespace, thread_id, checkpoint_ns, checkpoint_id, task_id, idx),
      FOREIGN KEY (namespace, thread_id, sha256) REFERENCES contents (namespace, thread_id, sha256)
    ) STRICT, WITHOUT ROWID`,
  ],
  [`CREATE INDEX runs_by_reuse_key ON runs (namespace, reuse_key, id) WHERE reuse_key IS NOT NULL`],
  [`ALTER TABLE runs ADD COLUMN rerun TEXT`],
  [
    // The outbox of a queue beside the database: 0 says that nobody there knows of the wake-up yet.
    `ALTER TABLE wakeups ADD COLUMN relayed INTEGER NOT NULL DEFAULT 0`,
    `CREATE INDEX wakeups_to_relay ON wakeups (namespace, due_at) WHERE relayed = 0`,
  ],
  [
    `CREATE TABLE cloud_calls (
      namespace TEXT NOT NULL,
      key TEXT NOT NULL,
      attempt INTEGER NOT NULL,
      run_id TEXT NOT NULL,
      workflow TEXT NOT NULL,
      model TEXT NOT NULL,
      status TEXT NOT NULL,
      sent_at INTEGER NOT NULL,
      ended_at INTEGER,
      bytes_out INTEGER NOT NULL,
      prompt_tokens INTEGER NOT NULL,
      completion_tokens INTEGER NOT NULL,
      cost_nano INTEGER NOT NULL,
      problem TEXT,
      retry_at INTEGER,
      answer TEXT,
      PRIMARY KEY (namespace, key, attempt)
    ) STRICT, WITHOUT ROWID`,
    `CREATE INDEX cloud_calls_by_model ON cloud_calls (namespace, model, sent_at)`,
    `CREATE INDEX cloud_calls_by_time ON cloud_calls (namespace, sent_at)`,
    `CREATE INDEX cloud_calls_by_run ON cloud_calls (namespace, run_id)`,
    `CREATE TABLE record (
      namespace TEXT NOT NULL,
      seq INTEGER NOT NULL,
      at INTEGER NOT NULL,
      kind TEXT NOT NULL,
      run_id TEXT NOT NULL,
      data TEXT NOT NULL,
      body BLOB,
      hash TEXT NOT NULL,
      PRIMARY KEY (namespace, seq)
    ) STRICT`,
    `CREATE INDEX record_by_run ON record (namespace, run_id, seq)`,
  ],
  [
    // Whoever starts looks for what dead processes hold: that must not read every run there ever was.
    `CREATE INDEX runs_leased ON runs (namespace, lease_worker, id) WHERE lease_worker IS NOT NULL`,
    `CREATE INDEX wakeups_taken ON wakeups (namespace, worker, run_id) WHERE worker IS NOT NULL`,
  ],
  [
    // Whose turn it is: src/core/turn.ts. What may be worked on at a time is counted by workflow.
    `ALTER TABLE wakeups ADD COLUMN workflow TEXT NOT NULL DEFAULT ''`,
    `UPDATE wakeups SET workflow = (
      SELECT workflow_name FROM runs WHERE runs.namespace = wakeups.namespace AND runs.id = wakeups.run_id
    )`,
    `DROP INDEX wakeups_by_turn`,
    `DROP INDEX wakeups_by_lane`,
    `CREATE INDEX wakeups_by_turn ON wakeups (namespace, (due_at - priority * 600000), run_id)`,
    `CREATE INDEX wakeups_by_lane ON wakeups (namespace, lane, (due_at - priority * 600000), run_id)`,
  ],
  [
    // What runs are looked up by beside their own columns. An older process need not know that they are there.
    `ALTER TABLE runs ADD COLUMN error_code TEXT GENERATED ALWAYS AS (json_extract(error, '$.code')) VIRTUAL`,
    `ALTER TABLE runs ADD COLUMN document_sha256 TEXT GENERATED ALWAYS AS (json_extract(document, '$.sha256')) VIRTUAL`,
    `ALTER TABLE runs ADD COLUMN reading_sha256 TEXT GENERATED ALWAYS AS (json_extract(reading, '$.sha256')) VIRTUAL`,
    `CREATE INDEX runs_by_document ON runs (namespace, document_sha256)`,
    `CREATE INDEX runs_by_reading ON runs (namespace, reading_sha256) WHERE reading_sha256 IS NOT NULL`,
  ],
  [
    `ALTER TABLE runs ADD COLUMN pruned_at INTEGER`,
    `ALTER TABLE runs ADD COLUMN keeps_document INTEGER NOT NULL DEFAULT 1`,
    `CREATE INDEX runs_prunable ON runs (namespace, finished_at) WHERE finished_at IS NOT NULL AND pruned_at IS NULL`,
    `CREATE INDEX runs_rerun ON runs (namespace, rerun) WHERE rerun IS NOT NULL`,
  ],
  [
    // What an entry's hash is over, so that what it holds can be erased and the chain still be checked.
    `ALTER TABLE record ADD COLUMN data_sha256 TEXT`,
    `ALTER TABLE record ADD COLUMN body_sha256 TEXT`,
    `ALTER TABLE record ADD COLUMN erased INTEGER NOT NULL DEFAULT 0`,
  ],
  [
    `CREATE TABLE tallies (
      namespace TEXT NOT NULL,
      series TEXT NOT NULL,
      sum REAL NOT NULL,
      PRIMARY KEY (namespace, series)
    ) STRICT, WITHOUT ROWID`,
  ],
];
