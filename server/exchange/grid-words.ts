/**
 * Purpose: from the words of a file (grid number, grid name, staff number, manager's name) to grids of the plan.
 * Inputs: the words of every row or polygon; the plan's grids; managers on duty in the county.
 * Outputs: for each, the grid it means or why that is not clear; and the grids as they are to be.
 * Guarantees: one manager has one grid and one grid one manager, or all that name them are refused; existing grids keep their
 * number and name; new grids take the next free numbers, those with a number first, in its order.
 * Cost: linear.
 */
import { PLAN_LIMITS } from '../grids/contract.ts'
import {
  ambiguous,
  refused,
  type GridTarget,
  type GridWords,
  type Manager,
  type PlanGridNow,
  type Problem,
} from './types.ts'

type Key = string
type Meaning = { key: Key; managerId: number | undefined } | { problem: Problem }

export interface GridMeanings {
  /** In the order of the words: the grid's number, or the problem. */
  of: ({ no: number } | { problem: Problem })[]
  targets: GridTarget[]
}

const NAME = /^[^\p{Cc}\p{Cf}]{1,40}$/u

export function understandGrids(
  words: readonly GridWords[],
  grids: readonly PlanGridNow[],
  managers: readonly Manager[],
): GridMeanings {
  // A new grid that one row names with its number and another without it is one grid.
  const numberedAs = new Map(
    words.flatMap(({ number, name }): [Key, Key][] =>
      number !== '' && name !== '' && !grids.some(({ no }) => no === Number(number) - 1)
        ? [[`=${name}`, `#${Number(number)}`]]
        : [],
    ),
  )
  const meanings = words.map((word): Meaning => {
    const manager = managerOf(word, managers)
    if ('problem' in manager) return manager
    const grid = gridOf(word, grids, manager.id)
    if ('problem' in grid) return grid
    return { key: numberedAs.get(grid.key) ?? grid.key, managerId: manager.id }
  })
  const keys = new Set(meanings.flatMap((meaning) => ('key' in meaning ? [meaning.key] : [])))
  const numbers = numberGrids(keys, grids)
  const managerOfKey = new Map<Key, number>()
  const faults = managerFaults(meanings, grids, managers, managerOfKey)
  const nameOf = new Map<Key, string>()
  meanings.forEach((meaning, i) => {
    const word = words[i]!
    if ('key' in meaning && !nameOf.has(meaning.key) && word.name !== '' && !/^\d+$/.test(word.name))
      nameOf.set(meaning.key, word.name)
  })
  const of = meanings.map((meaning): { no: number } | { problem: Problem } => {
    if ('problem' in meaning) return meaning
    const fault = faults.get(meaning.key)
    if (fault) return { problem: fault }
    const no = numbers.get(meaning.key)!
    if (no >= PLAN_LIMITS.grids)
      return {
        problem: refused(
          'too-many-grids',
          `方案最多 ${PLAN_LIMITS.grids} 个网格，这个网格已超出。请合并网格后再导入`,
        ),
      }
    return { no }
  })
  const targets = [...keys]
    .filter((key) => !faults.has(key) && numbers.get(key)! < PLAN_LIMITS.grids)
    .map((key): GridTarget => {
      const no = numbers.get(key)!
      const now = grids.find((grid) => grid.no === no)
      const name = now?.name ?? nameOf.get(key) ?? `网格 ${key.startsWith('#') ? key.slice(1) : no + 1}`
      return { no, name, isNew: !now, managerId: managerOfKey.get(key) }
    })
    .sort((a, b) => a.no - b.no)
  return { of, targets }
}

function managerOf(
  word: GridWords,
  managers: readonly Manager[],
): { id: number | undefined } | { problem: Problem } {
  if (word.staffNo !== '') {
    const found = managers.find(({ staffNo }) => staffNo.toUpperCase() === word.staffNo.toUpperCase())
    if (found) return { id: found.id }
    return {
      problem: refused(
        'manager-unknown',
        `工号“${word.staffNo}”不是本县在岗客户经理。请核对工号，或先留空再在系统中指派`,
      ),
    }
  }
  if (word.manager === '') return { id: undefined }
  const found = managers.filter(({ name, staffNo }) => name === word.manager || staffNo === word.manager)
  if (found.length === 1) return { id: found[0]!.id }
  if (found.length === 0)
    return { problem: refused('manager-unknown', '所写姓名不是本县在岗客户经理。请核对姓名，或改填工号') }
  const numbers = found.map(({ staffNo }) => staffNo).join('、')
  return {
    problem: ambiguous(
      'manager-ambiguous',
      `本县有 ${found.length} 位同名客户经理（工号 ${numbers}）。请改填工号`,
    ),
  }
}

function gridOf(
  word: GridWords,
  grids: readonly PlanGridNow[],
  managerId: number | undefined,
): { key: Key } | { problem: Problem } {
  const number = word.number !== '' ? word.number : /^\d+$/.test(word.name) ? word.name : ''
  const name = /^\d+$/.test(word.name) ? '' : word.name
  if (name !== '' && !NAME.test(name))
    return { problem: refused('grid-name-invalid', '网格名称最多 40 个字，且不能含控制字符。请改短后再导入') }
  const named = name === '' ? undefined : grids.find((grid) => grid.name === name)
  if (number !== '') {
    const value = Number(number)
    if (!/^\d{1,6}(\.0+)?$/.test(number) || value < 1)
      return {
        problem: refused(
          'grid-number-invalid',
          `网格序号“${number.slice(0, 20)}”不是 1 以上的整数。请改正后再导入`,
        ),
      }
    const existing = grids.find(({ no }) => no === value - 1)
    if (named && named.no !== value - 1)
      return {
        problem: ambiguous(
          'grid-names-differ',
          `序号 ${value} 与名称“${name}”指的不是同一个网格（“${name}”现为第 ${named.no + 1} 号）。请只保留一项`,
        ),
      }
    return { key: existing ? `no${existing.no}` : `#${value}` }
  }
  if (named) return { key: `no${named.no}` }
  if (name !== '') return { key: `=${name}` }
  if (managerId === undefined)
    return { problem: refused('row-without-grid', '没有写网格序号、网格名称或客户经理。请至少填写一项') }
  const held = grids.find((grid) => grid.managerId === managerId)
  return { key: held ? `no${held.no}` : `@${managerId}` }
}

function numberGrids(keys: ReadonlySet<Key>, grids: readonly PlanGridNow[]): Map<Key, number> {
  const numbers = new Map<Key, number>()
  for (const key of keys) if (key.startsWith('no')) numbers.set(key, Number(key.slice(2)))
  const fresh = [...keys].filter((key) => !key.startsWith('no'))
  const numbered = fresh
    .filter((key) => key.startsWith('#'))
    .sort((a, b) => Number(a.slice(1)) - Number(b.slice(1)))
  let next = Math.max(-1, ...grids.map(({ no }) => no)) + 1
  for (const key of [...numbered, ...fresh.filter((key) => !key.startsWith('#'))]) numbers.set(key, next++)
  return numbers
}

/** Problems of whole grids; fills in the manager each of the others is to have. */
function managerFaults(
  meanings: readonly Meaning[],
  grids: readonly PlanGridNow[],
  managers: readonly Manager[],
  managerOfKey: Map<Key, number>,
): Map<Key, Problem> {
  const faults = new Map<Key, Problem>()
  const nameOf = (id: number) => managers.find((manager) => manager.id === id)?.staffNo ?? String(id)
  const wanted = new Map<Key, Set<number>>()
  const keysOfManager = new Map<number, Set<Key>>()
  for (const meaning of meanings) {
    if (!('key' in meaning) || meaning.managerId === undefined) continue
    const { key, managerId } = meaning
    wanted.set(key, (wanted.get(key) ?? new Set()).add(managerId))
    keysOfManager.set(managerId, (keysOfManager.get(managerId) ?? new Set()).add(key))
  }
  for (const [key, ids] of wanted) {
    if (ids.size > 1) {
      const numbers = [...ids].map(nameOf).join('、')
      faults.set(
        key,
        refused(
          'grid-two-managers',
          `同一个网格写了 ${ids.size} 位客户经理（工号 ${numbers}）。一个网格只能有一位，请改正`,
        ),
      )
    } else managerOfKey.set(key, [...ids][0]!)
  }
  for (const [id, keys] of keysOfManager) {
    if (keys.size < 2) continue
    for (const key of keys)
      faults.set(
        key,
        refused(
          'manager-two-grids',
          `客户经理（工号 ${nameOf(id)}）在文件中负责 ${keys.size} 个网格，一人只能负责一个。请改正`,
        ),
      )
  }
  // A grid that is refused keeps its manager, which may refuse another: until nothing more is refused.
  for (let known = -1; known !== faults.size;) {
    known = faults.size
    for (const { no, name, managerId } of grids) {
      const key = `no${no}`
      if (managerId === null || (managerOfKey.has(key) && !faults.has(key))) continue
      for (const other of keysOfManager.get(managerId) ?? []) {
        if (other === key || faults.has(other)) continue
        const why = `客户经理（工号 ${nameOf(managerId)}）现负责“${name}”。请先解除，或在文件中给“${name}”写上新的客户经理`
        faults.set(other, refused('manager-taken', why))
      }
    }
  }
  return faults
}
