-- Editing a plan by hand: locks, and the log of every change, from which undo and redo follow.
alter table app.grid add column locked boolean not null default false;
alter table app.unit add column locked boolean not null default false;

-- One row an edit. `units`, `from_grids` and `to_grids` are parallel; -1 is "no grid". `edit_id` is made by the editor's own
-- machine, so that an edit sent twice is stored once. `managers` holds [{no, from, to}] of grids whose manager changed.
create table app.plan_edit (
  plan_id integer not null references app.grid_plan (id) on delete cascade,
  seq integer not null check (seq >= 1),
  edit_id uuid not null,
  account_id integer not null references auth.account (id),
  author text not null,
  at timestamptz not null default now(),
  kind text not null check (kind in ('paint', 'erase', 'swap', 'merge', 'split', 'fill', 'repair', 'solve', 'import')),
  units integer[] not null,
  from_grids integer[] not null,
  to_grids integer[] not null,
  managers jsonb not null default '[]',
  undoes integer,
  version integer not null,
  primary key (plan_id, seq),
  unique (plan_id, edit_id),
  check (cardinality(units) = cardinality(from_grids) and cardinality(units) = cardinality(to_grids)),
  foreign key (plan_id, undoes) references app.plan_edit (plan_id, seq)
);
-- An edit is taken back at most once.
create unique index plan_edit_undone_once on app.plan_edit (plan_id, undoes) where undoes is not null;
create index plan_edit_by_account on app.plan_edit (plan_id, account_id, seq);

-- Whatever the tool (a brush, a solve, an import, a statement of an operator): a locked unit stays, a locked grid neither loses
-- nor gains units.
create function app.keep_locks() returns trigger language plpgsql set search_path = pg_catalog, app as $$
begin
  if exists (
    select from former f join present p on p.plan_id = f.plan_id and p.idx = f.idx
    where f.grid_no is distinct from p.grid_no
      and (f.locked or exists (
        select from app.grid g where g.plan_id = f.plan_id and g.locked and g.no in (f.grid_no, p.grid_no))))
  then
    raise exception 'a locked unit or grid would change' using errcode = 'GG002';
  end if;
  return null;
end $$;
revoke all on function app.keep_locks() from public;
create trigger keep_locks after update on app.unit referencing old table as former new table as present
  for each statement execute function app.keep_locks();

grant select, insert on app.plan_edit to gis_planner, gis_worker;
grant select on app.plan_edit to gis_township_head, gis_branch_head;
alter table app.plan_edit enable row level security;
alter table app.plan_edit force row level security;
create policy owner_all on app.plan_edit to gis_owner using (true) with check (true);
create policy worker_all on app.plan_edit to gis_worker using (true) with check (true);
-- An editor writes in its own name only; nobody changes or removes what the log says.
create policy with_plan_read on app.plan_edit for select to gis_planner, gis_branch_head, gis_township_head
  using (plan_id in (select p.id from app.grid_plan p));
create policy with_plan_write on app.plan_edit for insert to gis_planner
  with check (account_id = (select app.my_account()) and plan_id in (select p.id from app.grid_plan p));
