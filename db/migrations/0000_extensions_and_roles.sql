-- as: installer
-- PostGIS, the database roles and the schemas. The only migration that needs a superuser; all others run as gis_owner.
create extension if not exists postgis;

do $$
declare wanted text;
begin
  foreach wanted in array array[
    'gis_owner', 'gis_none', 'gis_auth', 'gis_worker',
    'gis_planner', 'gis_township_head', 'gis_branch_head', 'gis_manager',
    'gis_leadership', 'gis_sysadmin', 'gis_secadmin', 'gis_auditor']
  loop
    if not exists (select from pg_roles where rolname = wanted) then
      begin
        execute format('create role %I nologin noinherit nobypassrls', wanted);
      exception when duplicate_object or unique_violation then null;
      end;
    end if;
  end loop;
  -- The snapshot reads, and COPY writes, past row-level security; neither may do anything else.
  foreach wanted in array array['gis_reader', 'gis_loader'] loop
    if not exists (select from pg_roles where rolname = wanted) then
      begin
        execute format('create role %I nologin noinherit bypassrls', wanted);
      exception when duplicate_object or unique_violation then null;
      end;
    end if;
  end loop;
  -- The server's own login in production: no rights but to become one of the roles below, inside a transaction.
  -- It has no password until the operator gives it one.
  if not exists (select from pg_roles where rolname = 'gis_login') then
    begin
      create role gis_login login noinherit nobypassrls;
    exception when duplicate_object or unique_violation then null;
    end;
  end if;
end $$;

grant gis_none, gis_auth, gis_worker, gis_reader, gis_planner, gis_township_head, gis_branch_head, gis_manager, gis_leadership,
  gis_sysadmin, gis_secadmin, gis_auditor to gis_login;
grant gis_loader to gis_owner;

create schema app authorization gis_owner;
create schema auth authorization gis_owner;
create schema audit authorization gis_owner;
create schema geo authorization gis_owner;
create schema org authorization gis_owner;
revoke create on schema public from public;
