-- The bank's branches and staff, and its clients with what they hold and what was said to them.
create table org.branch (
  id integer primary key,
  name text not null unique,
  kind text not null check (kind in ('head', 'county', 'township')),
  parent_id integer references org.branch (id),
  county_code text references geo.place (code),
  township_code text references geo.place (code),
  pilot boolean not null default false,
  seat geometry(Point, 4326) not null,
  opened_on date not null
);

create table org.staff (
  id integer primary key,
  staff_no text not null unique,
  name text not null,
  branch_id integer not null references org.branch (id),
  duty text not null check (duty in ('manager', 'head', 'planner', 'office')),
  capacity numeric(3, 2) not null default 1.00 check (capacity > 0 and capacity <= 1),
  joined_on date not null,
  left_on date
);
create index staff_branch on org.staff (branch_id);

create table org.core_enterprise (
  id integer primary key,
  name text not null,
  industry text not null,
  county_code text not null references geo.place (code),
  seat geometry(Point, 4326) not null
);

create table org.village_industry (
  place_code text not null references geo.place (code),
  industry text not null,
  growers integer not null check (growers >= 0),
  area_mu numeric(12, 1),
  heads integer,
  source text not null,
  primary key (place_code, industry)
);

create table app.client (
  id integer primary key,
  client_no text not null unique,
  kind text not null check (kind in ('small_enterprise', 'sole_trader', 'farmer', 'family_farm', 'large_grower', 'cooperative')),
  status text not null check (status in ('active', 'depositOnly', 'loanOnly', 'lost', 'prospect')),
  name text not null,
  name_mask text not null,
  phone_mask text,
  id_mask text,
  address text,
  industry text,
  county_code text not null references geo.place (code),
  township_code text not null references geo.place (code),
  village_code text references geo.place (code),
  branch_id integer not null references org.branch (id),
  manager_id integer references org.staff (id),
  core_enterprise_id integer references org.core_enterprise (id),
  geom geometry(Point, 4326),
  location_accuracy text not null check (location_accuracy in ('official', 'surveyed', 'derived', 'approximate', 'schematic')),
  source_crs text not null default 'EPSG:4326',
  deposit_balance numeric(18, 2) not null default 0 check (deposit_balance >= 0),
  loan_balance numeric(18, 2) not null default 0 check (loan_balance >= 0),
  acquiring boolean not null default false,
  payroll boolean not null default false,
  risk_class smallint check (risk_class between 1 and 5),
  opened_on date,
  next_due_on date,
  last_visit_on date,
  lost_on date,
  lost_reason text,
  version integer not null default 1,
  updated_at timestamptz not null default now(),
  check ((status = 'lost') = (lost_on is not null and lost_reason is not null))
);

create table app.client_contact (
  client_id integer primary key references app.client (id),
  phone_enc bytea,
  id_enc bytea
);

create table app.loan (
  id integer primary key,
  client_id integer not null references app.client (id),
  product text not null,
  principal numeric(18, 2) not null check (principal > 0),
  balance numeric(18, 2) not null check (balance >= 0 and balance <= principal),
  annual_rate numeric(6, 4) not null,
  started_on date not null,
  matures_on date not null check (matures_on > started_on),
  closed_on date,
  risk_class smallint not null check (risk_class between 1 and 5),
  officer_id integer references org.staff (id)
);

create table app.loan_class_change (
  loan_id integer not null references app.loan (id),
  month date not null check (extract(day from month) = 1),
  risk_class smallint not null check (risk_class between 1 and 5),
  primary key (loan_id, month)
);

create table app.balance_month (
  client_id integer not null references app.client (id),
  month date not null check (extract(day from month) = 1),
  deposit numeric(18, 2) not null check (deposit >= 0),
  loan numeric(18, 2) not null check (loan >= 0),
  primary key (client_id, month)
);

create table app.visit (
  id uuid primary key,
  client_id integer not null references app.client (id),
  manager_id integer not null references org.staff (id),
  visited_at timestamptz not null,
  outcome text not null check (outcome in ('interested', 'applied', 'signed', 'follow_up', 'not_met', 'refused', 'moved', 'closed')),
  note text
);

create table app.chain_link (
  core_enterprise_id integer not null references org.core_enterprise (id),
  client_id integer not null references app.client (id),
  side text not null check (side in ('upstream', 'downstream')),
  primary key (core_enterprise_id, client_id)
);

create table app.setting (
  key text primary key,
  value jsonb not null
);
