-- migration: {{title}}
-- author: {{author}}
-- ticket:
-- description:

-- migrate:up

-- migrate:down
