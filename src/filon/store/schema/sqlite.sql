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
  timing TEXT NOT NULL,
  size BIGINT NOT NULL,
  records BLOB NOT NULL,
  key_id TEXT,
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

CREATE INDEX ix_traces_key ON traces (owner_id, key_id, started_at);

CREATE INDEX ix_traces_rollup ON traces (owner_id, started_at, outcome, cost_kind, cost_usd);
