/** Business roles, their Chinese names, and what each may do. Denied by default: a permission not listed is not held. */
export const ROLES = [
  'planner',
  'township_head',
  'branch_head',
  'manager',
  'leadership',
  'sysadmin',
  'secadmin',
  'auditor',
] as const
export type Role = (typeof ROLES)[number]

export const ROLE_LABELS: Record<Role, string> = {
  planner: '城区网格规划',
  township_head: '乡镇支行行长',
  branch_head: '支行行长',
  manager: '客户经理',
  leadership: '总行领导',
  sysadmin: '系统管理员',
  secadmin: '安全管理员',
  auditor: '审计员',
}

export type Permission =
  | 'aggregates.read'
  | 'clients.read'
  | 'clients.names'
  | 'clients.reveal'
  | 'grids.read'
  | 'grids.edit'
  | 'grids.approve'
  | 'receipts.read'
  | 'receipts.own'
  | 'pool.read'
  | 'pool.claim'
  | 'ownership.decide'
  | 'figures.read'
  | 'grids.export'
  | 'places.read'
  | 'accounts.manage'
  | 'audit.read'

const PERMISSIONS: Record<Role, readonly Permission[]> = {
  planner: [
    'aggregates.read',
    'clients.read',
    'grids.read',
    'grids.edit',
    'grids.export',
    'receipts.read',
    'ownership.decide',
    'figures.read',
    'places.read',
  ],
  township_head: [
    'aggregates.read',
    'clients.read',
    'clients.names',
    'clients.reveal',
    'grids.read',
    'pool.read',
    'figures.read',
    'places.read',
  ],
  branch_head: [
    'aggregates.read',
    'clients.read',
    'clients.names',
    'clients.reveal',
    'grids.read',
    'grids.approve',
    'receipts.read',
    'ownership.decide',
    'pool.read',
    'figures.read',
    'grids.export',
    'places.read',
  ],
  manager: [
    'aggregates.read',
    'clients.read',
    'clients.names',
    'clients.reveal',
    'receipts.own',
    'pool.read',
    'pool.claim',
    'figures.read',
    'places.read',
  ],
  leadership: ['aggregates.read', 'figures.read', 'places.read'],
  sysadmin: ['accounts.manage', 'places.read'],
  secadmin: ['places.read'],
  auditor: ['audit.read', 'places.read'],
}

export function isRole(value: string): value is Role {
  return (ROLES as readonly string[]).includes(value)
}

export function permissionsOf(role: string): Permission[] {
  return isRole(role) ? [...PERMISSIONS[role]] : []
}

export function may(role: string, permission: Permission): boolean {
  return permissionsOf(role).includes(permission)
}

export function rolesWith(permission: Permission): Role[] {
  return ROLES.filter((role) => may(role, permission))
}
