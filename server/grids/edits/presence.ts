export interface Person {
  accountId: number
  name: string
  grid: number | null
}

const GONE_AFTER_MS = 45_000

/** Who has which plan open, in this process. Everybody says so every few seconds; who is silent has left. */
export class PlanPresence {
  private readonly plans = new Map<number, Map<number, Person & { at: number }>>()

  /** @returns whether somebody came or works on another grid now */
  enter(planId: number, person: Person, at: number): boolean {
    const people = this.plans.get(planId) ?? new Map<number, Person & { at: number }>()
    this.plans.set(planId, people)
    const before = people.get(person.accountId)
    people.set(person.accountId, { ...person, at })
    return before === undefined || before.grid !== person.grid || at - before.at > GONE_AFTER_MS
  }

  leave(planId: number, accountId: number): void {
    const people = this.plans.get(planId)
    people?.delete(accountId)
    if (people?.size === 0) this.plans.delete(planId)
  }

  people(planId: number, now: number): Person[] {
    return [...(this.plans.get(planId)?.values() ?? [])]
      .filter(({ at }) => now - at <= GONE_AFTER_MS)
      .map(({ accountId, name, grid }) => ({ accountId, name, grid }))
      .sort((p, q) => p.accountId - q.accountId)
  }
}
