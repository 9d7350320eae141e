-- The least schema that a trainer's loop needs, with :items items.
CREATE TABLE task (
    id bigint PRIMARY KEY, project_id int NOT NULL, state smallint NOT NULL DEFAULT 0, priority int NOT NULL DEFAULT 0,
    claimed_by int, claimed_at timestamptz, lease_until timestamptz, payload jsonb NOT NULL
);
INSERT INTO task (id, project_id, payload)
SELECT number, 1, jsonb_build_object('prompt', 'Explain why the sky is blue, case ' || number,
                                     'responses', '["a", "b", "c", "d"]'::jsonb)
FROM generate_series(1, :items) AS number;
CREATE INDEX task_open ON task (project_id, priority, id) WHERE state = 0;
CREATE TABLE draft (
    task_id bigint NOT NULL, annotator_id int NOT NULL, version int NOT NULL DEFAULT 1, body jsonb NOT NULL,
    updated_at timestamptz NOT NULL DEFAULT now(), PRIMARY KEY (task_id, annotator_id)
);
CREATE TABLE submission (
    id bigserial PRIMARY KEY, task_id bigint NOT NULL REFERENCES task (id), annotator_id int NOT NULL,
    body jsonb NOT NULL, created_at timestamptz NOT NULL DEFAULT now(), UNIQUE (task_id, annotator_id)
);
VACUUM (ANALYZE) task;
CHECKPOINT;
