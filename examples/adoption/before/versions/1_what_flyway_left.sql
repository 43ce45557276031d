-- migration: What Flyway left
-- description: Stands for a database that Flyway has carried so far: its tables, and its history in the shape that it publishes for PostgreSQL.

CREATE TABLE customers (id bigint PRIMARY KEY, email text NOT NULL UNIQUE);
CREATE TABLE orders (id bigint PRIMARY KEY, customer_id bigint NOT NULL REFERENCES customers);

CREATE TABLE flyway_schema_history (
    installed_rank int NOT NULL PRIMARY KEY,
    version        varchar(50),
    description    varchar(200) NOT NULL,
    type           varchar(20) NOT NULL,
    script         varchar(1000) NOT NULL,
    checksum       integer,
    installed_by   varchar(100) NOT NULL,
    installed_on   timestamp NOT NULL DEFAULT now(),
    execution_time integer NOT NULL,
    success        boolean NOT NULL
);

INSERT INTO flyway_schema_history VALUES
    (1, '1', 'customers', 'SQL', 'V1__customers.sql', 1253412875, 'ada', '2024-03-01 09:30:00', 21, true),
    (2, '2', 'orders',    'SQL', 'V2__orders.sql',    -774281461, 'bob', '2024-04-12 16:05:00', 17, true);
