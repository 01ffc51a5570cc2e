import { createHash } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { demoAccounts } from '#db/demo/accounts.ts'
import { createDemoBank } from '#db/demo/bank.ts'
import type { DemoBank } from '#db/demo/bank.ts'
import type { Client } from '#db/demo/clients.ts'
import { LOST_REASONS } from '#db/demo/lost.ts'
import { isoDay } from '#db/demo/calendar.ts'
import { clientTables, organisationTables } from '#db/demo/tables.ts'
import { placesWithVillageCells } from '#db/load-places.ts'
import { inside } from '#geodata/geometry/point-in-polygon.ts'

const places = placesWithVillageCells()
const placeOf = new Map(places.map((place) => [place.code, place]))
const bank = createDemoBank(places, { clients: 20_000, seed: 1 })
const everyone = Array.from({ length: bank.clients }, (_, i) => bank.client(i + 1))
const plain = (text: string) => Buffer.from(text)

function hashOf(some: DemoBank): string {
  const hash = createHash('sha256')
  for (const { table, columns, pieces } of [...organisationTables(some), ...clientTables(some, plain)]) {
    hash.update(`${table} ${columns}`)
    for (const { text } of pieces()) hash.update(text)
  }
  return hash.digest('hex')
}

describe('determinism', () => {
  test('the same places, size and seed give the same rows, another seed others', () => {
    const hash = hashOf(createDemoBank(places, { clients: 500, seed: 7 }))
    expect(hashOf(createDemoBank(places, { clients: 500, seed: 7 }))).toBe(hash)
    expect(hashOf(createDemoBank(places, { clients: 500, seed: 8 }))).not.toBe(hash)
  })

  test('the order of places does not matter', () => {
    const shuffled = createDemoBank([...places].toReversed(), { clients: 100, seed: 7 })
    expect(hashOf(shuffled)).toBe(hashOf(createDemoBank(places, { clients: 100, seed: 7 })))
  })

  test('a client is the same in a bank of any size', () => {
    const small = createDemoBank(places, { clients: 10, seed: 1 })
    const describeClient = (some: DemoBank, client: Client) => [
      client.settlement.code,
      client.kind,
      client.status,
      client.manager?.id,
      some.position(client),
      some.holdings(client),
      some.visits(client),
    ]
    expect(describeClient(small, small.client(9))).toEqual(describeClient(bank, bank.client(9)))
  })

  test.each([
    [0, 1],
    [1.5, 1],
    [5_000_001, 1],
    [10, 0.5],
    [10, 2 ** 31],
  ])('%d clients with seed %d are refused', (clients, seed) => {
    expect(() => createDemoBank(places, { clients, seed })).toThrow(RangeError)
  })
})

describe('organisation', () => {
  const { branches, staff, branchOf, managerOf, managersOf } = bank.organisation

  test('has the numbers of the plan', () => {
    const count = (kind: string) => branches.filter((branch) => branch.kind === kind).length
    expect([count('head'), count('county'), count('township')]).toEqual([1, 18, 39])
    expect(branches.filter(({ pilot }) => pilot)).toHaveLength(16)
    expect(branches.every(({ pilot, kind }) => !pilot || kind === 'county')).toBe(true)
    expect(staff.filter(({ duty }) => duty === 'manager')).toHaveLength(220)
    expect(new Set(staff.filter(({ duty }) => duty === 'head').map(({ branch }) => branch)).size).toBe(58)
    expect(staff.filter(({ duty }) => duty === 'planner').length).toBeGreaterThan(0)
  })

  test('branches are named after their place, once, under their parent', () => {
    expect(branches.map(({ name }) => name)).toEqual(
      expect.arrayContaining(['赣州银行总行', '赣州银行信丰支行', '赣州银行龙南支行']),
    )
    expect(new Set(branches.map(({ name }) => name)).size).toBe(branches.length)
    for (const { kind, parentId, county, township } of branches) {
      const parent = branches.find(({ id }) => id === parentId)
      expect(parent?.kind).toBe(kind === 'head' ? undefined : kind === 'county' ? 'head' : 'county')
      if (kind === 'township') expect([parent!.county, township!.county]).toEqual([county, county])
    }
  })

  test('township branches stand outside county towns', () => {
    for (const { township } of branches.filter(({ kind }) => kind === 'township')) {
      expect(township!.kind).toBe('镇')
      expect(inside(township!.county.seat as [number, number], placeOf.get(township!.code)!.geometry!)).toBe(
        false,
      )
    }
  })

  test('pilot branches have three managers and more, every branch but the head office two', () => {
    for (const branch of branches) {
      const least = branch.kind === 'head' ? 0 : branch.kind === 'county' ? 3 : 2
      expect(managersOf(branch).length).toBeGreaterThanOrEqual(least)
      expect(
        managersOf(branch).every((person) => person.branch === branch && person.duty === 'manager'),
      ).toBe(true)
    }
  })

  test('every settlement is the beat of a manager of its branch', () => {
    for (const settlement of bank.gazetteer.settlements) {
      expect(managerOf(settlement).branch).toBe(branchOf(settlement.township))
    }
  })

  test('ids of posts do not depend on the seed', () => {
    const other = createDemoBank(places, { clients: 1, seed: 99 }).organisation
    expect(other.branches.map(({ id, name }) => [id, name])).toEqual(
      branches.map(({ id, name }) => [id, name]),
    )
    expect(other.staff).toHaveLength(staff.length)
  })
})

describe('where clients live', () => {
  test('inside the cell of their village, their township and their county', () => {
    for (const client of everyone.slice(0, 4_000)) {
      const { settlement } = client
      const point = bank.position(client)
      for (const code of [settlement.code, settlement.township.code, settlement.township.county.code]) {
        expect(inside(point, placeOf.get(code)!.geometry!), `client ${client.id} in ${code}`).toBe(true)
      }
      expect(settlement.code.slice(0, 9)).toBe(settlement.township.code.slice(0, 9))
    }
  })

  test('never in a statistical unit', () => {
    expect(everyone.some(({ settlement }) => placeOf.get(settlement.code)!.statistical)).toBe(false)
  })

  test('35 percent in the urban core, all counties settled, 章贡 densest', () => {
    const inCore = everyone.filter(({ settlement }) => settlement.township.urbanCore).length / everyone.length
    expect(inCore).toBeGreaterThan(0.33)
    expect(inCore).toBeLessThan(0.37)
    const density = bank.gazetteer.counties.map((county) => {
      const count = everyone.filter(({ settlement }) => settlement.township.county === county).length
      return { name: county.name, perKm2: count / placeOf.get(county.code)!.areaKm2! }
    })
    expect(Math.min(...density.map(({ perKm2 }) => perKm2))).toBeGreaterThan(0)
    expect(density.sort((a, b) => b.perKm2 - a.perKm2)[0]!.name).toBe('章贡区')
  })

  test('communities hold more clients than villages of the same township', () => {
    const mean = (community: boolean) => {
      const own = bank.gazetteer.settlements.filter(
        (settlement) => settlement.community === community && !settlement.township.urbanCore,
      )
      return own.reduce((sum, { index }) => sum + bank.settlementWeights[index]!, 0) / own.length
    }
    expect(mean(true)).toBeGreaterThan(1.5 * mean(false))
  })
})

describe('clients', () => {
  test('all kinds and statuses occur; lost ones, and only they, have day and reason', () => {
    expect(new Set(everyone.map(({ kind }) => kind)).size).toBe(6)
    expect(new Set(everyone.map(({ status }) => status)).size).toBe(5)
    for (const { status, lostOn, lostReason, openedOn } of everyone) {
      expect(lostOn !== null).toBe(status === 'lost')
      expect(lostReason !== null).toBe(status === 'lost')
      expect(openedOn === null).toBe(status === 'prospect')
      if (lostOn === null) continue
      expect(LOST_REASONS).toContain(lostReason)
      expect(lostOn).toBeGreaterThan(bank.calendar.lastDay - 730)
      expect(lostOn).toBeLessThanOrEqual(bank.calendar.lastDay)
      expect(openedOn).toBeLessThan(lostOn)
    }
  })

  test('loanOnly, lost and prospect use neither acquiring nor payroll', () => {
    const using = everyone.filter(({ acquiring, payroll }) => acquiring || payroll)
    expect(new Set(using.map(({ status }) => status))).toEqual(new Set(['active', 'depositOnly']))
  })

  test('the manager works at the branch of the client', () => {
    for (const { branch, manager, settlement } of everyone) {
      expect(branch).toBe(bank.organisation.branchOf(settlement.township))
      if (manager) expect(manager.branch).toBe(branch)
    }
    const unassigned = everyone.filter(({ manager }) => manager === null).length / everyone.length
    expect(unassigned).toBeGreaterThan(0.02)
    expect(unassigned).toBeLessThan(0.3)
  })

  test('a million of them would owe what the plan says: 53.4 billion yuan within a tenth', () => {
    const owed = everyone.reduce((sum, client) => sum + bank.holdings(client).loanBalance, 0) / 100
    expect((owed / everyone.length) * 1e6).toBeGreaterThan(48e9)
    expect((owed / everyone.length) * 1e6).toBeLessThan(59e9)
  })

  test('visits are made after opening, before asOf, in working hours, oldest first', () => {
    let visited = 0
    for (const client of everyone.slice(0, 5_000)) {
      const visits = bank.visits(client)
      if (client.manager === null) expect(visits).toEqual([])
      visited += visits.length
      for (const { day, visitedAt, id } of visits) {
        expect(day).toBeGreaterThanOrEqual(client.openedOn ?? bank.calendar.asOf - 365)
        expect(day).toBeLessThan(bank.calendar.asOf)
        expect(visitedAt.slice(0, 10)).toBe(isoDay(day))
        expect(visitedAt.slice(11, 16) >= '08:30' && visitedAt.slice(11, 16) < '17:30').toBe(true)
        expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-8[0-9a-f]{3}-[0-9a-f]{12}$/)
      }
      expect(visits.map(({ visitedAt }) => visitedAt)).toEqual(
        visits.map(({ visitedAt }) => visitedAt).sort(),
      )
    }
    expect(visited).toBeGreaterThan(1_000)
  })

  test('chains have both sides, and link a client only to a line it belongs to', () => {
    const linked = everyone.filter(({ enterprise }) => enterprise !== null)
    expect(new Set(linked.map(({ side }) => side))).toEqual(new Set(['upstream', 'downstream']))
    expect(linked.some(({ status }) => status === 'lost')).toBe(false)
    const orange = linked.filter(
      ({ enterprise, side }) => enterprise!.industry === '脐橙' && side === 'upstream',
    )
    expect(orange.length).toBeGreaterThan(0)
    expect(new Set(orange.map(({ industry }) => industry))).toEqual(new Set(['脐橙', '农资农机']))
  })
})

describe('village industries', () => {
  const rows = [...bank.industries.villageRows()]

  test('stand where the facts table says', () => {
    const countiesOf = (industry: string) =>
      new Set(rows.filter((row) => row.industry === industry).map((row) => row.placeCode.slice(0, 6)))
    expect([...countiesOf('白莲')]).toEqual(['360735'])
    expect(countiesOf('甜柚')).toEqual(new Set(['360703']))
    expect([...countiesOf('脐橙')]).toEqual(expect.arrayContaining(['360722', '360726', '360734']))
    expect(countiesOf('油茶').size).toBe(18)
  })

  test('name each village once, with an area or a head count', () => {
    expect(new Set(rows.map(({ placeCode }) => placeCode)).size).toBe(rows.length)
    for (const { growers, areaMu, heads, placeCode } of rows) {
      expect(growers).toBeGreaterThan(0)
      expect((areaMu === null) !== (heads === null)).toBe(true)
      expect(placeOf.get(placeCode)!.kind).toBe('村')
    }
  })
})

describe('demo accounts', () => {
  const accounts = demoAccounts(bank)
  const of = (username: string) => accounts.find((account) => account.username === username)!
  const branch = (id: number) => bank.organisation.branches.find((one) => one.id === id)!

  test('one for each role, and a second head where plans are made', () => {
    expect(accounts.map(({ role }) => role).sort()).toEqual([
      'auditor',
      'branch_head',
      'branch_head',
      'leadership',
      'manager',
      'planner',
      'secadmin',
      'sysadmin',
      'township_head',
    ])
  })

  test('have the scope their role implies', () => {
    expect(of('guihua').countyCodes).toEqual(['360702000000', '360703000000', '360704000000'])
    expect(of('xiangzhen').branchIds.map((id) => branch(id).kind)).toEqual(['township'])
    const led = of('zhihang').branchIds.map(branch)
    expect(led.filter(({ kind }) => kind === 'county').map(({ name }) => name)).toEqual(['赣州银行信丰支行'])
    expect(led.length).toBeGreaterThan(1)
    expect(new Set(led.map(({ county }) => county.name))).toEqual(new Set(['信丰县']))
    expect(of('shenpi').countyCodes).toEqual(['360702000000'])
    expect(new Set(of('shenpi').branchIds.map((id) => branch(id).county.name))).toEqual(new Set(['章贡区']))
    const own = everyone.filter(({ manager }) => manager?.id === of('jingli').staffId)
    expect(own.length).toBeGreaterThan(50)
    expect(own.every(({ settlement }) => settlement.township.county.code === '360702000000')).toBe(true)
  })
})
