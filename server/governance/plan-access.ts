import type { Tx } from '#db/client.ts'
import { AppError } from '#server/http/errors.ts'
import { planHead, type PlanHead } from './queries.ts'

/** The plan as far as the session's county allows. @throws AppError not_found */
export async function requirePlan(tx: Tx, id: number): Promise<PlanHead> {
  const plan = await planHead(tx, id)
  if (!plan) throw new AppError('not_found', '没有这个网格方案，或它不在您的管辖范围内。请返回方案列表核对。')
  return plan
}
