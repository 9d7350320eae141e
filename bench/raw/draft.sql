-- One draft, one durable transaction.
\set tid random(1, :items)
INSERT INTO draft (task_id, annotator_id, body) VALUES (:tid, :client_id + 1, :draft::jsonb)
ON CONFLICT (task_id, annotator_id) DO UPDATE SET body = EXCLUDED.body, version = draft.version + 1, updated_at = now();
