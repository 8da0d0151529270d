-- The two roles, the database and what the app role may do in it. Safe to run again.
-- Run by a superuser:  psql -X -v ON_ERROR_STOP=1 -f deploy/roles.sql
-- The roles get no password here; a deployment gives each its own:  \password aixin_owner  \password aixin_app

-- Owns the database and its tables, migrates. CREATEDB is for test databases.
SELECT 'CREATE ROLE aixin_owner' WHERE to_regrole('aixin_owner') IS NULL \gexec
ALTER ROLE aixin_owner LOGIN CREATEDB NOSUPERUSER NOCREATEROLE NOREPLICATION NOBYPASSRLS;

-- Serves: owns nothing, bypasses nothing.
SELECT 'CREATE ROLE aixin_app' WHERE to_regrole('aixin_app') IS NULL \gexec
ALTER ROLE aixin_app LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS;

-- The server's log takes no statement and no row of a failure: both hold names.
ALTER ROLE aixin_app SET log_min_error_statement = 'panic';
ALTER ROLE aixin_app SET log_error_verbosity = 'terse';
ALTER ROLE aixin_owner SET log_min_error_statement = 'panic';
ALTER ROLE aixin_owner SET log_error_verbosity = 'terse';

SELECT $$CREATE DATABASE aixin OWNER aixin_owner TEMPLATE template0 ENCODING 'UTF8'
         LOCALE_PROVIDER builtin BUILTIN_LOCALE 'C.UTF-8' LOCALE 'C.UTF-8'$$
 WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = 'aixin') \gexec

-- Without TEMPORARY the app role cannot put a table of its own in front of one that a definer function reads.
REVOKE ALL ON DATABASE aixin FROM PUBLIC;
GRANT CONNECT ON DATABASE aixin TO aixin_app;

-- What the owner makes from now on, the app role may use. TRUNCATE, REFERENCES and TRIGGER stay with the owner.
\connect aixin
ALTER DEFAULT PRIVILEGES FOR ROLE aixin_owner GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO aixin_app;
ALTER DEFAULT PRIVILEGES FOR ROLE aixin_owner GRANT USAGE, SELECT ON SEQUENCES TO aixin_app;
ALTER DEFAULT PRIVILEGES FOR ROLE aixin_owner GRANT USAGE ON SCHEMAS TO aixin_app;

-- The same for databases made from the template: the test database.
\connect template1
ALTER DEFAULT PRIVILEGES FOR ROLE aixin_owner GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO aixin_app;
ALTER DEFAULT PRIVILEGES FOR ROLE aixin_owner GRANT USAGE, SELECT ON SEQUENCES TO aixin_app;
ALTER DEFAULT PRIVILEGES FOR ROLE aixin_owner GRANT USAGE ON SCHEMAS TO aixin_app;
