/**
 * Purpose: the demo bank as lines of COPY's text format, table by table in the order of foreign keys.
 * Guarantees: pieces of about 64,000 characters, made on demand, so that memory does not grow with the number of clients; the same bank
 * gives the same text, but for contacts, whose ciphertext is the caller's.
 * Cost: about 80 s of one core for a million clients, sealing not counted.
 */
import type { CopyValue } from '../copy.ts'
import { copyLine } from '../copy.ts'
import { pointHex } from '../ewkb.ts'
import type { DemoBank } from './bank.ts'
import { dayOfMonth, isoDay } from './calendar.ts'
import type { Client } from './clients.ts'
import { creditCode, identityNumber, maskIdentity, maskPerson, maskPhone, phoneNumber } from './contact.ts'
import { balanceHistory } from './history.ts'
import { classHistory } from './holdings.ts'
import { businessName, isPerson } from './names.ts'
import { DemoRandom, SUBJECT } from './random.ts'

export const CLIENT_NO_PREFIX = 'DEMO'
const PIECE = 64_000
const COMMITTEE = /(村民委员会|居民委员会|村委会|居委会)$/

export interface DemoTable {
  table: string
  columns: string
  /** Lines of rows; `rows` of each piece counts them. */
  pieces(): Iterable<{ text: string; rows: number }>
}

/** Seals a contact text; the only part of a load that may differ from run to run. */
export type Encrypt = (text: string) => Buffer

export function organisationTables(bank: DemoBank): DemoTable[] {
  const { branches, staff } = bank.organisation
  return [
    table(
      'org.branch',
      'id, name, kind, parent_id, county_code, township_code, pilot, seat, opened_on',
      function* () {
        for (const b of branches) {
          const county = b.kind === 'head' ? null : b.county.code
          yield [
            b.id,
            b.name,
            b.kind,
            b.parentId,
            county,
            b.township?.code ?? null,
            b.pilot,
            pointHex(b.seat),
            isoDay(b.openedOn),
          ]
        }
      },
    ),
    table('org.staff', 'id, staff_no, name, branch_id, duty, capacity, joined_on', function* () {
      for (const s of staff)
        yield [s.id, s.staffNo, s.name, s.branch.id, s.duty, s.capacity, isoDay(s.joinedOn)]
    }),
    table('org.core_enterprise', 'id, name, industry, county_code, seat', function* () {
      for (const e of bank.chains.enterprises)
        yield [e.id, e.name, e.industry, e.county.code, pointHex(e.seat)]
    }),
    table('org.village_industry', 'place_code, industry, growers, area_mu, heads, source', function* () {
      for (const v of bank.industries.villageRows())
        yield [v.placeCode, v.industry, v.growers, v.areaMu, v.heads, v.source]
    }),
  ]
}

const CLIENT_COLUMNS = `id, client_no, kind, status, name, name_mask, phone_mask, id_mask, address, industry, county_code, township_code,
  village_code, branch_id, manager_id, core_enterprise_id, geom, location_accuracy, deposit_balance, loan_balance, acquiring, payroll,
  risk_class, opened_on, next_due_on, last_visit_on, lost_on, lost_reason, updated_at`

export function clientTables(bank: DemoBank, encrypt: Encrypt): DemoTable[] {
  const { calendar, seed } = bank
  const updatedAt = `${bank.asOf} 00:00:00+08`
  return [
    table('app.client', CLIENT_COLUMNS, function* () {
      const random = new DemoRandom()
      for (const client of everyone(bank)) yield clientRow(bank, client, random, updatedAt)
    }),
    table('app.client_contact', 'client_id, phone_enc, id_enc', function* () {
      const random = new DemoRandom()
      for (const client of everyone(bank)) {
        const { phone, identity } = contactOf(bank, client, random)
        yield [client.id, bytea(encrypt(phone)), bytea(encrypt(identity))]
      }
    }),
    table(
      'app.loan',
      'id, client_id, product, principal, balance, annual_rate, started_on, matures_on, closed_on, risk_class, officer_id',
      function* () {
        for (const client of everyone(bank)) {
          for (const loan of bank.holdings(client).loans) {
            const closedOn = loan.closedOn === null ? null : isoDay(loan.closedOn)
            yield [
              loan.id,
              client.id,
              loan.product.name,
              yuan(loan.principal),
              yuan(loan.balance),
              loan.annualRate,
              isoDay(loan.startedOn),
              isoDay(loan.maturesOn),
              closedOn,
              loan.riskClass,
              client.manager?.id ?? null,
            ]
          }
        }
      },
    ),
    table('app.loan_class_change', 'loan_id, month, risk_class', function* () {
      for (const client of everyone(bank)) {
        for (const loan of bank.holdings(client).loans) {
          for (const { month, riskClass } of classHistory(loan, calendar, seed))
            yield [loan.id, isoDay(dayOfMonth(month)), riskClass]
        }
      }
    }),
    {
      table: 'app.balance_month',
      columns: 'client_id, month, deposit, loan',
      pieces: () => balancePieces(bank),
    },
    table('app.visit', 'id, client_id, manager_id, visited_at, outcome, note', function* () {
      for (const client of everyone(bank)) {
        for (const visit of bank.visits(client)) {
          yield [visit.id, client.id, client.manager!.id, visit.visitedAt, visit.outcome, visit.note]
        }
      }
    }),
    table('app.chain_link', 'core_enterprise_id, client_id, side', function* () {
      for (const client of everyone(bank))
        if (client.enterprise) yield [client.enterprise.id, client.id, client.side]
    }),
  ]
}

function table(name: string, columns: string, rows: () => Iterable<CopyValue[]>): DemoTable {
  return {
    table: name,
    columns,
    *pieces() {
      let text = ''
      let count = 0
      for (const row of rows()) {
        text += copyLine(row)
        count++
        if (text.length < PIECE) continue
        yield { text, rows: count }
        text = ''
        count = 0
      }
      if (count > 0) yield { text, rows: count }
    },
  }
}

function* everyone(bank: DemoBank): Iterable<Client> {
  for (let id = 1; id <= bank.clients; id++) yield bank.client(id)
}

/** Apart from the others for speed: this is nine tenths of all rows. */
function* balancePieces(bank: DemoBank): Iterable<{ text: string; rows: number }> {
  const { calendar, seed } = bank
  const count = calendar.months.length
  const deposit = new Float64Array(count)
  const loan = new Float64Array(count)
  let text = ''
  let rows = 0
  for (const client of everyone(bank)) {
    if (client.status === 'prospect') continue
    balanceHistory(client, bank.holdings(client), calendar, seed, deposit, loan)
    const id = `${client.id}\t`
    for (let i = 0; i < count; i++)
      text += `${id}${calendar.monthTexts[i]}\t${yuan(deposit[i]!)}\t${yuan(loan[i]!)}\n`
    rows += count
    if (text.length < PIECE) continue
    yield { text, rows }
    text = ''
    rows = 0
  }
  if (rows > 0) yield { text, rows }
}

function clientRow(bank: DemoBank, client: Client, random: DemoRandom, updatedAt: string): CopyValue[] {
  const { id, kind, settlement, industry, manager } = client
  const { township } = settlement
  const { phone, identity } = contactOf(bank, client, random)
  const name = businessName(
    kind,
    township.county.shortName,
    industry,
    id,
    random.at(bank.seed, id, SUBJECT.name),
  )
  const place = `赣州市${township.county.name}${township.name}${settlement.name.replace(COMMITTEE, '')}`
  const address = place + (settlement.community ? `${1 + random.int(280)}号` : `${1 + random.int(24)}组`)
  const held = bank.holdings(client)
  const lastVisit = bank.visits(client).at(-1)
  return [
    id,
    clientNo(id),
    kind,
    client.status,
    name,
    isPerson(kind) ? maskPerson(name) : name,
    maskPhone(phone),
    maskIdentity(identity),
    address,
    industry,
    township.county.code,
    township.code,
    settlement.code,
    client.branch.id,
    manager?.id ?? null,
    client.enterprise?.id ?? null,
    pointHex(bank.position(client)),
    'schematic',
    yuan(held.deposit),
    yuan(held.loanBalance),
    client.acquiring,
    client.payroll,
    held.riskClass,
    day(client.openedOn),
    day(held.nextDueOn),
    lastVisit ? isoDay(lastVisit.day) : null,
    day(client.lostOn),
    client.lostReason,
    updatedAt,
  ]
}

export function clientNo(id: number): string {
  return `${CLIENT_NO_PREFIX}${String(id).padStart(8, '0')}`
}

function contactOf(bank: DemoBank, client: Client, random: DemoRandom): { phone: string; identity: string } {
  random.at(bank.seed, client.id, SUBJECT.contact)
  const phone = phoneNumber(random)
  const firm = client.kind === 'small_enterprise' || client.kind === 'cooperative'
  return { phone, identity: firm ? creditCode(random) : identityNumber(bank.calendar.asOf, random) }
}

function day(value: number | null): string | null {
  return value === null ? null : isoDay(value)
}

function bytea(value: Buffer): string {
  return `\\x${value.toString('hex')}`
}

const CENTS = Array.from({ length: 100 }, (_, i) => (i === 0 ? '' : `.${String(i).padStart(2, '0')}`))

/** Cents as yuan; whole yuan without decimals, as the column adds them. */
function yuan(cents: number): string {
  const whole = Math.floor(cents / 100)
  return whole + CENTS[cents - whole * 100]!
}
