/**
 * Purpose: the answer of an operation that can fail for an expected, named reason. Bugs throw; answers do not.
 * Guarantees: plain data, survives structured cloning (worker messages) and JSON.
 */

export type Result<T, R> =
  { readonly ok: true; readonly value: T } | { readonly ok: false; readonly reason: R }

export function ok<T>(value: T): { readonly ok: true; readonly value: T } {
  return { ok: true, value }
}

export function fail<R>(reason: R): { readonly ok: false; readonly reason: R } {
  return { ok: false, reason }
}
