-- Who may read and write what. Denied by default: a role has exactly the grants below, and row-level security on top.
-- The context of a statement is the hash of a session token (app.sid, transaction-local), looked up here; never a user id.
create function app.me() returns setof auth.session language sql stable security definer rows 1
  set search_path = pg_catalog, auth as $$
  select s.* from auth.session s join auth.account a on a.id = s.account_id and a.role = s.role and a.disabled_at is null
  where s.token_hash = decode(nullif(current_setting('app.sid', true), ''), 'hex')
    and s.revoked_at is null and now() < least(s.idle_until, s.absolute_until)
$$;
create function app.my_role() returns text language sql stable security definer
  set search_path = pg_catalog, app as $$ select role from app.me() $$;
create function app.my_account() returns integer language sql stable security definer
  set search_path = pg_catalog, app as $$ select account_id from app.me() $$;
create function app.my_staff() returns integer language sql stable security definer
  set search_path = pg_catalog, app as $$ select staff_id from app.me() $$;
create function app.my_branches() returns integer[] language sql stable security definer
  set search_path = pg_catalog, app as $$ select branch_ids from app.me() $$;
create function app.my_counties() returns text[] language sql stable security definer
  set search_path = pg_catalog, app as $$ select county_codes from app.me() $$;

-- Written in the same transaction as the act; the actor is always the session's own.
create function audit.record(action text, object_type text, object_id text, outcome text, detail jsonb, request_id text)
  returns void language sql security definer set search_path = pg_catalog, app, audit as $$
  insert into audit.event (account_id, username, role, action, object_type, object_id, outcome, detail, request_id)
  select m.account_id, m.username, m.role, record.action, record.object_type, record.object_id, record.outcome,
    record.detail, record.request_id
  from app.me() m
$$;

-- Ciphertext of one contact field of a client in one's own scope; every call leaves a trace.
create function app.reveal_contact(which integer, field text, reason text, request_id text)
  returns bytea language plpgsql security definer set search_path = pg_catalog, app, auth, audit as $$
declare
  me auth.session;
  found_value bytea;
begin
  select * into me from app.me();
  if me.role is null or me.role not in ('manager', 'township_head', 'branch_head') or field not in ('phone', 'id') then
    raise exception 'not allowed' using errcode = '42501';
  end if;
  perform from app.client c where c.id = which
    and ((me.role = 'manager' and c.manager_id = me.staff_id)
      or (me.role in ('township_head', 'branch_head') and c.branch_id = any (me.branch_ids)));
  if not found then
    return null;
  end if;
  select case field when 'phone' then k.phone_enc else k.id_enc end into found_value
    from app.client_contact k where k.client_id = which;
  perform audit.record('client.reveal', 'client', which::text, 'ok', jsonb_build_object('field', field, 'reason', reason), request_id);
  return found_value;
end $$;

revoke all on all functions in schema app, audit, geo, auth from public;

grant usage on schema app, geo, org to
  gis_planner, gis_township_head, gis_branch_head, gis_manager, gis_leadership, gis_sysadmin, gis_secadmin, gis_auditor, gis_worker, gis_reader;
grant usage on schema auth to gis_auth, gis_sysadmin, gis_worker;
grant usage on schema audit to
  gis_auth, gis_auditor, gis_planner, gis_township_head, gis_branch_head, gis_manager, gis_leadership, gis_sysadmin, gis_secadmin, gis_worker;
grant execute on function app.me(), app.my_role(), app.my_account(), app.my_staff(), app.my_branches(), app.my_counties(),
  audit.record(text, text, text, text, jsonb, text) to
  gis_planner, gis_township_head, gis_branch_head, gis_manager, gis_leadership, gis_sysadmin, gis_secadmin, gis_auditor;
grant execute on function app.reveal_contact(integer, text, text, text) to gis_township_head, gis_branch_head, gis_manager;

-- Before its role is known a connection may ask only one thing: whose session is this?
grant usage on schema app to gis_login, gis_none;
grant execute on function app.me() to gis_login, gis_none;

-- Reference data
grant select on geo.place, geo.barrier, geo.dataset, geo.layer_version, org.branch, org.staff, org.core_enterprise, org.village_industry to
  gis_planner, gis_township_head, gis_branch_head, gis_manager, gis_leadership, gis_sysadmin, gis_secadmin, gis_auditor, gis_worker, gis_reader;
grant select on geo.import_batch to gis_sysadmin, gis_auditor;

-- Bulk loads
grant usage on schema app, geo, org to gis_loader;
grant insert on all tables in schema app, geo, org to gis_loader;

-- Accounts and sessions
grant select on auth.account to gis_auth, gis_sysadmin;
grant insert, update on auth.account to gis_sysadmin;
grant select, insert, update, delete on auth.session to gis_auth;
grant insert on audit.event to gis_auth;
grant select on audit.event to gis_auditor;

-- Clients
grant select (id, kind, status, county_code, township_code, village_code, branch_id, manager_id, geom, location_accuracy,
  acquiring, payroll, industry, next_due_on, last_visit_on, lost_on, lost_reason, core_enterprise_id, opened_on, version, updated_at)
  on app.client to gis_planner;
grant select on app.client to gis_township_head, gis_branch_head, gis_manager, gis_reader;
grant select on app.loan, app.loan_class_change, app.balance_month, app.visit, app.chain_link to
  gis_township_head, gis_branch_head, gis_manager, gis_reader;
grant select on app.setting to
  gis_planner, gis_township_head, gis_branch_head, gis_manager, gis_leadership, gis_sysadmin, gis_secadmin, gis_auditor, gis_worker, gis_reader;

-- Grids and jobs
grant select, insert, update, delete on app.grid_plan, app.grid, app.unit, app.unit_edge to gis_planner, gis_worker;
grant select on app.grid_plan, app.grid, app.unit, app.unit_edge to gis_township_head, gis_branch_head;
grant select, insert, update on app.job to gis_worker;
grant select, insert, update on app.job to gis_planner;

do $$
declare t text;
begin
  foreach t in array array[
    'auth.account', 'auth.session', 'audit.event', 'app.client', 'app.client_contact', 'app.loan', 'app.loan_class_change',
    'app.balance_month', 'app.visit', 'app.chain_link', 'app.setting', 'app.grid_plan', 'app.grid', 'app.unit', 'app.unit_edge', 'app.job']
  loop
    execute 'alter table ' || t || ' enable row level security';
    execute 'alter table ' || t || ' force row level security';
    -- The owner loads and migrates; nobody logs in as it in normal use, and definer functions re-check the scope.
    execute 'create policy owner_all on ' || t || ' to gis_owner using (true) with check (true)';
  end loop;
end $$;

create policy auth_read on auth.account for select to gis_auth using (true);
create policy sysadmin_read on auth.account for select to gis_sysadmin using ((select app.my_role()) = 'sysadmin');
create policy sysadmin_insert on auth.account for insert to gis_sysadmin with check ((select app.my_role()) = 'sysadmin');
create policy sysadmin_update on auth.account for update to gis_sysadmin
  using ((select app.my_role()) = 'sysadmin') with check ((select app.my_role()) = 'sysadmin');
create policy auth_all on auth.session to gis_auth using (true) with check (true);
create policy auth_insert on audit.event for insert to gis_auth with check (true);
create policy auditor_read on audit.event for select to gis_auditor using ((select app.my_role()) = 'auditor');

create policy manager_read on app.client for select to gis_manager
  using ((select app.my_role()) = 'manager' and manager_id = (select app.my_staff()));
create policy branch_head_read on app.client for select to gis_branch_head
  using ((select app.my_role()) = 'branch_head' and branch_id = any ((select app.my_branches())::integer[]));
create policy township_head_read on app.client for select to gis_township_head
  using ((select app.my_role()) = 'township_head' and branch_id = any ((select app.my_branches())::integer[]));
create policy planner_read on app.client for select to gis_planner
  using ((select app.my_role()) = 'planner' and county_code = any ((select app.my_counties())::text[]));

-- What hangs on a client is visible exactly when the client is: the inner select obeys the client's own policies.
create policy with_client on app.loan for select to gis_manager, gis_township_head, gis_branch_head
  using (exists (select from app.client c where c.id = client_id));
create policy with_client on app.balance_month for select to gis_manager, gis_township_head, gis_branch_head
  using (exists (select from app.client c where c.id = client_id));
create policy with_client on app.visit for select to gis_manager, gis_township_head, gis_branch_head
  using (exists (select from app.client c where c.id = client_id));
create policy with_client on app.chain_link for select to gis_manager, gis_township_head, gis_branch_head
  using (exists (select from app.client c where c.id = client_id));
create policy with_loan on app.loan_class_change for select to gis_manager, gis_township_head, gis_branch_head
  using (exists (select from app.loan l where l.id = loan_id));

create policy everyone_read on app.setting for select to
  gis_planner, gis_township_head, gis_branch_head, gis_manager, gis_leadership, gis_sysadmin, gis_secadmin, gis_auditor, gis_worker using (true);

create policy planner_all on app.grid_plan to gis_planner
  using ((select app.my_role()) = 'planner' and county_code = any ((select app.my_counties())::text[]))
  with check ((select app.my_role()) = 'planner' and county_code = any ((select app.my_counties())::text[]));
create policy head_read on app.grid_plan for select to gis_branch_head, gis_township_head
  using ((select app.my_role()) in ('branch_head', 'township_head') and county_code = any ((select app.my_counties())::text[]));
create policy worker_all on app.grid_plan to gis_worker using (true) with check (true);

do $$
declare t text;
begin
  foreach t in array array['grid', 'unit', 'unit_edge']
  loop
    execute format('create policy with_plan on app.%I to gis_planner using (plan_id in (select p.id from app.grid_plan p)) with check (plan_id in (select p.id from app.grid_plan p))', t);
    execute format('create policy with_plan_read on app.%I for select to gis_branch_head, gis_township_head using (plan_id in (select p.id from app.grid_plan p))', t);
    execute format('create policy worker_all on app.%I to gis_worker using (true) with check (true)', t);
  end loop;
end $$;

create policy own_jobs on app.job to gis_planner
  using ((select app.my_role()) = 'planner' and created_by = (select app.my_account()))
  with check ((select app.my_role()) = 'planner' and created_by = (select app.my_account()));
create policy worker_all on app.job to gis_worker using (true) with check (true);
