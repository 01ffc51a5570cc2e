/**
 * Purpose: visits of the year before asOf with their outcome.
 * Guarantees: a visit is made by the client's own manager, in working hours (Asia/Shanghai), at or after the client's opening and before
 * asOf; outcomes fit the client's status. A client without manager has none.
 * Limits: no routes and no absences: a manager may be in two villages within an hour.
 */
import type { DemoCalendar } from './calendar.ts'
import { isoDay } from './calendar.ts'
import type { ClientStatus } from './holdings.ts'
import type { DemoRandom } from './random.ts'

export type Outcome =
  'interested' | 'applied' | 'signed' | 'follow_up' | 'not_met' | 'refused' | 'moved' | 'closed'

export interface Visit {
  id: string
  day: number
  /** ISO with offset. */
  visitedAt: string
  outcome: Outcome
  note: string | null
}

const DAYS = 365
const VISITS_MOST = 4
/** Mean number of visits a year. */
const MEAN: Readonly<Record<ClientStatus, number>> = {
  active: 1.1,
  depositOnly: 0.45,
  loanOnly: 1.3,
  lost: 0.6,
  prospect: 0.7,
}
const OUTCOMES: Readonly<Record<ClientStatus, readonly Outcome[]>> = {
  active: ['follow_up', 'follow_up', 'signed', 'interested', 'not_met', 'applied'],
  depositOnly: ['interested', 'follow_up', 'refused', 'not_met', 'follow_up'],
  loanOnly: ['follow_up', 'interested', 'signed', 'not_met'],
  lost: ['moved', 'closed', 'refused', 'not_met', 'interested'],
  prospect: ['interested', 'follow_up', 'refused', 'not_met', 'applied', 'not_met'],
}
const NOTES: Readonly<Record<Outcome, readonly string[]>> = {
  interested: ['有意了解产品，约下周再谈', '询问利率和额度，已留宣传单'],
  applied: ['已提交申请资料', '同意申请，资料待补齐'],
  signed: ['已签约，介绍收单业务', '续贷手续办理完毕'],
  follow_up: ['经营正常，按期回访', '了解近期资金安排', '提醒到期日'],
  not_met: ['本人不在，改日再访', '电话未接通'],
  refused: ['暂无资金需求', '已在他行办理'],
  moved: ['已搬离原址'],
  closed: ['门店已关闭'],
}

/** At most four visits, oldest first. */
export function visitsOf(
  client: { status: ClientStatus; openedOn: number | null },
  calendar: DemoCalendar,
  random: DemoRandom,
): Visit[] {
  const first = Math.max(calendar.asOf - DAYS, client.openedOn ?? 0)
  const span = calendar.asOf - first
  const count = countOf((MEAN[client.status] * span) / DAYS, random)
  const visits: Visit[] = []
  for (let i = 0; i < count; i++) {
    const day = first + random.int(span)
    const outcome = random.pick(OUTCOMES[client.status])
    const minutes = 8 * 60 + 30 + random.int(9 * 60)
    const time = `${String(Math.floor(minutes / 60)).padStart(2, '0')}:${String(minutes % 60).padStart(2, '0')}`
    visits.push({
      id: uuid(random),
      day,
      visitedAt: `${isoDay(day)} ${time}:00+08`,
      outcome,
      note: random.chance(0.5) ? random.pick(NOTES[outcome]) : null,
    })
  }
  return visits.sort((a, b) => (a.visitedAt < b.visitedAt ? -1 : 1))
}

/** Poisson, cut at four. */
function countOf(mean: number, random: DemoRandom): number {
  let count = 0
  for (
    let product = random.next();
    product > Math.exp(-mean) && count < VISITS_MOST;
    product *= random.next()
  )
    count++
  return count
}

function uuid(random: DemoRandom): string {
  const hex = (bits: number) => bits.toString(16).padStart(8, '0')
  const [a, b, c, d] = [hex(random.bits()), hex(random.bits()), hex(random.bits()), hex(random.bits())]
  return `${a}-${b.slice(0, 4)}-4${b.slice(5)}-8${c.slice(1, 4)}-${c.slice(4)}${d}`
}
