CREATE TRIGGER piece_added AFTER INSERT ON body_pieces BEGIN
  INSERT INTO trace_sums (owner_id, traces, bytes) VALUES (NEW.owner_id, 0, length(NEW.data))
  ON CONFLICT (owner_id) DO UPDATE SET traces = traces + excluded.traces, bytes = bytes + excluded.bytes;
END;

CREATE TRIGGER piece_deleted AFTER DELETE ON body_pieces BEGIN
  INSERT INTO trace_sums (owner_id, traces, bytes) VALUES (OLD.owner_id, 0, -length(OLD.data))
  ON CONFLICT (owner_id) DO UPDATE SET traces = traces + excluded.traces, bytes = bytes + excluded.bytes;
END;

CREATE TRIGGER trace_deleted AFTER DELETE ON traces BEGIN
  INSERT INTO trace_sums (owner_id, traces, bytes) VALUES (OLD.owner_id, -1, -OLD.size)
  ON CONFLICT (owner_id) DO UPDATE SET traces = traces + excluded.traces, bytes = bytes + excluded.bytes;
END;

CREATE TABLE body_pieces (
  owner_id INTEGER NOT NULL,
  hash BLOB NOT NULL,
  data BLOB NOT NULL,
  CONSTRAINT pk_body_pieces PRIMARY KEY (owner_id, hash),
  CONSTRAINT fk_body_pieces_owner_id FOREIGN KEY(owner_id) REFERENCES people (id) ON DELETE CASCADE
);

CREATE TABLE conversations (
  id TEXT NOT NULL,
  owner_id INTEGER NOT NULL,
  title TEXT NOT NULL,
  title_by TEXT NOT NULL,
  model TEXT,
  active_id TEXT,
  created_at DOUBLE NOT NULL,
  updated_at DOUBLE NOT NULL,
  preset TEXT,
  CONSTRAINT pk_conversations PRIMARY KEY (id),
  CONSTRAINT fk_conversations_owner_id FOREIGN KEY(owner_id) REFERENCES people (id) ON DELETE CASCADE
);

CREATE TABLE fetched_models (
  endpoint TEXT NOT NULL,
  models TEXT NOT NULL,
  fetched_at DOUBLE,
  problem TEXT,
  CONSTRAINT pk_fetched_models PRIMARY KEY (endpoint)
);

CREATE TABLE key_days (
  owner_id INTEGER NOT NULL,
  key_id TEXT NOT NULL,
  day TEXT NOT NULL,
  requests BIGINT NOT NULL,
  refused BIGINT NOT NULL,
  failed BIGINT NOT NULL,
  input_tokens BIGINT NOT NULL,
  output_tokens BIGINT NOT NULL,
  cost_usd DOUBLE NOT NULL,
  unpriced BIGINT NOT NULL,
  CONSTRAINT pk_key_days PRIMARY KEY (owner_id, key_id, day),
  CONSTRAINT fk_key_days_owner_id FOREIGN KEY(owner_id) REFERENCES people (id) ON DELETE CASCADE
);

CREATE TABLE keys (
  id TEXT NOT NULL,
  owner_id INTEGER NOT NULL,
  name TEXT NOT NULL,
  prefix TEXT NOT NULL,
  hash TEXT NOT NULL,
  created_at DOUBLE NOT NULL,
  last_used_at DOUBLE,
  revoked_at DOUBLE,
  note TEXT,
  expires_at DOUBLE,
  rules TEXT,
  CONSTRAINT pk_keys PRIMARY KEY (id),
  CONSTRAINT fk_keys_owner_id FOREIGN KEY(owner_id) REFERENCES people (id) ON DELETE CASCADE,
  CONSTRAINT uq_keys_hash UNIQUE (hash)
);

CREATE TABLE messages (
  id TEXT NOT NULL,
  owner_id INTEGER NOT NULL,
  conversation_id TEXT NOT NULL,
  parent_id TEXT,
  role TEXT NOT NULL,
  text TEXT NOT NULL,
  reasoning TEXT NOT NULL,
  parts BLOB,
  sender TEXT NOT NULL,
  model TEXT,
  state TEXT NOT NULL,
  problem TEXT,
  chip TEXT,
  trace_id TEXT,
  created_at DOUBLE NOT NULL,
  updated_at DOUBLE NOT NULL,
  preset TEXT,
  CONSTRAINT pk_messages PRIMARY KEY (id),
  CONSTRAINT fk_messages_owner_id FOREIGN KEY(owner_id) REFERENCES people (id) ON DELETE CASCADE,
  CONSTRAINT fk_messages_conversation_id FOREIGN KEY(conversation_id) REFERENCES conversations (id) ON DELETE CASCADE,
  CONSTRAINT fk_messages_parent_id FOREIGN KEY(parent_id) REFERENCES messages (id) ON DELETE CASCADE
);

CREATE TABLE people (
  id INTEGER NOT NULL,
  name TEXT NOT NULL,
  password_hash TEXT,
  created_at DOUBLE NOT NULL,
  CONSTRAINT pk_people PRIMARY KEY (id)
);

CREATE TABLE sessions (
  id TEXT NOT NULL,
  owner_id INTEGER NOT NULL,
  created_at DOUBLE NOT NULL,
  last_seen_at DOUBLE NOT NULL,
  expires_at DOUBLE NOT NULL,
  CONSTRAINT pk_sessions PRIMARY KEY (id),
  CONSTRAINT fk_sessions_owner_id FOREIGN KEY(owner_id) REFERENCES people (id) ON DELETE CASCADE
);

CREATE TABLE sign_in_tokens (
  hash TEXT NOT NULL,
  owner_id INTEGER NOT NULL,
  created_at DOUBLE NOT NULL,
  expires_at DOUBLE NOT NULL,
  used_at DOUBLE,
  CONSTRAINT pk_sign_in_tokens PRIMARY KEY (hash),
  CONSTRAINT fk_sign_in_tokens_owner_id FOREIGN KEY(owner_id) REFERENCES people (id) ON DELETE CASCADE
);

CREATE TABLE trace_keeping (
  owner_id INTEGER NOT NULL,
  keep_days INTEGER,
  keep_bytes BIGINT,
  CONSTRAINT pk_trace_keeping PRIMARY KEY (owner_id),
  CONSTRAINT fk_trace_keeping_owner_id FOREIGN KEY(owner_id) REFERENCES people (id) ON DELETE CASCADE
);

CREATE TABLE trace_marks (
  owner_id INTEGER NOT NULL,
  kind TEXT NOT NULL,
  name TEXT NOT NULL,
  started_at DOUBLE NOT NULL,
  trace_id TEXT NOT NULL,
  CONSTRAINT pk_trace_marks PRIMARY KEY (owner_id, kind, name, started_at, trace_id),
  CONSTRAINT fk_trace_marks_owner_id FOREIGN KEY(owner_id) REFERENCES people (id) ON DELETE CASCADE
)
 WITHOUT ROWID
;

CREATE TABLE trace_names (
  owner_id INTEGER NOT NULL,
  kind TEXT NOT NULL,
  name TEXT NOT NULL,
  count BIGINT NOT NULL,
  CONSTRAINT pk_trace_names PRIMARY KEY (owner_id, kind, name),
  CONSTRAINT fk_trace_names_owner_id FOREIGN KEY(owner_id) REFERENCES people (id) ON DELETE CASCADE
)
 WITHOUT ROWID
;

CREATE TABLE trace_sums (
  owner_id INTEGER NOT NULL,
  traces BIGINT NOT NULL,
  bytes BIGINT NOT NULL,
  CONSTRAINT pk_trace_sums PRIMARY KEY (owner_id),
  CONSTRAINT fk_trace_sums_owner_id FOREIGN KEY(owner_id) REFERENCES people (id) ON DELETE CASCADE
);

CREATE TABLE trace_times (
  owner_id INTEGER NOT NULL,
  step INTEGER NOT NULL,
  at BIGINT NOT NULL,
  endpoint TEXT NOT NULL,
  model TEXT NOT NULL,
  finding TEXT NOT NULL,
  requests BIGINT NOT NULL,
  failed BIGINT NOT NULL,
  input_tokens BIGINT NOT NULL,
  output_tokens BIGINT NOT NULL,
  cost_usd DOUBLE NOT NULL,
  unpriced BIGINT NOT NULL,
  ttft BLOB NOT NULL,
  rate BLOB NOT NULL,
  CONSTRAINT pk_trace_times PRIMARY KEY (owner_id, step, at, endpoint, model, finding),
  CONSTRAINT fk_trace_times_owner_id FOREIGN KEY(owner_id) REFERENCES people (id) ON DELETE CASCADE
)
 WITHOUT ROWID
;

CREATE TABLE traces (
  id INTEGER NOT NULL,
  public_id TEXT NOT NULL,
  owner_id INTEGER NOT NULL,
  started_at DOUBLE NOT NULL,
  caller TEXT NOT NULL,
  endpoint TEXT,
  model TEXT NOT NULL,
  status INTEGER,
  outcome TEXT NOT NULL,
  attempts INTEGER NOT NULL,
  input_tokens BIGINT,
  output_tokens BIGINT,
  estimated BOOLEAN NOT NULL,
  cost_kind TEXT NOT NULL,
  cost_usd DOUBLE,
  ttft DOUBLE,
  total DOUBLE,
  mark TEXT,
  conversation_id TEXT,
  message_id TEXT,
  key_id TEXT,
  timing TEXT NOT NULL,
  size BIGINT NOT NULL,
  model_answered TEXT,
  reasoning_tokens BIGINT,
  cached_tokens BIGINT,
  rate DOUBLE,
  findings TEXT,
  dropped TEXT,
  changed TEXT,
  tags TEXT,
  replay_of TEXT,
  flags INTEGER,
  pieces INTEGER,
  records BLOB NOT NULL,
  CONSTRAINT pk_traces PRIMARY KEY (id),
  CONSTRAINT uq_traces_public_id UNIQUE (public_id),
  CONSTRAINT fk_traces_owner_id FOREIGN KEY(owner_id) REFERENCES people (id) ON DELETE CASCADE
);

CREATE INDEX ix_conversations_owner_id_updated_at ON conversations (owner_id, updated_at);

CREATE INDEX ix_keys_owner_id ON keys (owner_id);

CREATE INDEX ix_messages_conversation_id_created_at ON messages (conversation_id, created_at);

CREATE INDEX ix_messages_open ON messages (id) WHERE state = 'streaming';

CREATE INDEX ix_messages_owner_id ON messages (owner_id);

CREATE INDEX ix_messages_parent_id ON messages (parent_id);

CREATE INDEX ix_sessions_owner_id ON sessions (owner_id);

CREATE INDEX ix_sign_in_tokens_owner_id ON sign_in_tokens (owner_id);

CREATE INDEX ix_traces_conversation ON traces (owner_id, conversation_id, started_at) WHERE conversation_id IS NOT NULL;

CREATE INDEX ix_traces_endpoint ON traces (owner_id, endpoint, started_at);

CREATE INDEX ix_traces_key ON traces (owner_id, key_id, started_at);

CREATE INDEX ix_traces_list ON traces (owner_id, started_at, outcome, status, caller, model, endpoint, cost_kind, cost_usd, input_tokens, output_tokens, reasoning_tokens, ttft, total, rate, attempts, estimated, flags, findings, dropped, changed, tags, mark, key_id, conversation_id, replay_of, model_answered);

CREATE INDEX ix_traces_model ON traces (owner_id, model, started_at);

CREATE INDEX ix_traces_outcome ON traces (owner_id, outcome, started_at) WHERE outcome <> 'complete';

CREATE INDEX ix_traces_pieces ON traces (id) WHERE pieces IS NULL OR pieces > 0;

CREATE INDEX ix_traces_replay_of ON traces (owner_id, replay_of, started_at) WHERE replay_of IS NOT NULL;

CREATE INDEX ix_traces_unread ON traces (id) WHERE flags IS NULL;
