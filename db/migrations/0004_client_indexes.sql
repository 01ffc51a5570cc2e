-- Apart from the tables so that a bulk load can drop and rebuild exactly these.
create index client_geom on app.client using gist (geom);
create index client_manager on app.client (manager_id);
create index client_branch on app.client (branch_id);
create index client_county on app.client (county_code);
create index client_township on app.client (township_code);
create index client_village on app.client (village_code);
create index loan_client on app.loan (client_id);
create index balance_month_month on app.balance_month using brin (month);
create index visit_client on app.visit (client_id, visited_at);
create index visit_manager on app.visit (manager_id, visited_at);
create index chain_link_client on app.chain_link (client_id);
