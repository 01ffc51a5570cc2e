import type { Role } from '#server/auth/permissions.ts'

/** Who may call a route: 'public' (also without a session) or a list of roles. Part of the route's own declaration. */
export type Access = 'public' | readonly Role[]

/** Spread into createRoute: `createRoute({ ...access(ROLES), method: 'get', … })`. */
export function access<Who extends Access>(who: Who): { 'x-roles': Who } {
  return { 'x-roles': who }
}
