-- One loop: a claim, three drafts, a submission; five durable transactions.
BEGIN;
SELECT id AS tid FROM task WHERE project_id = 1 AND state = 0 ORDER BY priority, id LIMIT 1 FOR UPDATE SKIP LOCKED \gset
UPDATE task SET state = 1, claimed_by = :client_id + 1, claimed_at = now(), lease_until = now() + interval '30 min'
WHERE id = :tid;
COMMIT;
INSERT INTO draft (task_id, annotator_id, body) VALUES (:tid, :client_id + 1, :draft::jsonb)
ON CONFLICT (task_id, annotator_id) DO UPDATE SET body = EXCLUDED.body, version = draft.version + 1, updated_at = now();
INSERT INTO draft (task_id, annotator_id, body) VALUES (:tid, :client_id + 1, :draft::jsonb)
ON CONFLICT (task_id, annotator_id) DO UPDATE SET body = EXCLUDED.body, version = draft.version + 1, updated_at = now();
INSERT INTO draft (task_id, annotator_id, body) VALUES (:tid, :client_id + 1, :draft::jsonb)
ON CONFLICT (task_id, annotator_id) DO UPDATE SET body = EXCLUDED.body, version = draft.version + 1, updated_at = now();
BEGIN;
INSERT INTO submission (task_id, annotator_id, body) VALUES (:tid, :client_id + 1, :subm::jsonb);
UPDATE task SET state = 2 WHERE id = :tid;
COMMIT;
