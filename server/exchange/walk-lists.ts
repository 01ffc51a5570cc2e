/** One sheet for each grid with the clients to walk to, by township, village and address; room to note what was said. */
import type { PlanFile } from './plan-files.ts'
import { notesOf } from './plan-files.ts'
import type { WalkClient } from './queries.ts'
import { writeXlsx, type Sheet } from './write-xlsx.ts'

const STATUS: Record<string, string> = {
  active: '活跃客户',
  depositOnly: '有存无贷',
  loanOnly: '裸贷户',
  lost: '流失客户',
  prospect: '潜在客户',
}
const KIND: Record<string, string> = {
  small_enterprise: '小微企业',
  sole_trader: '个体工商户',
  farmer: '农户',
  family_farm: '家庭农场',
  large_grower: '种养大户',
  cooperative: '合作社',
}

const COLUMNS: {
  heading: string
  width: number
  value: (client: WalkClient, i: number) => string | number | null
}[] = [
  { heading: '序号', width: 6, value: (_, i) => i + 1 },
  { heading: '客户号', width: 14, value: ({ clientNo }) => clientNo },
  { heading: '客户', width: 26, value: ({ nameMask }) => nameMask },
  { heading: '类别', width: 12, value: ({ kind }) => KIND[kind] ?? kind },
  { heading: '状态', width: 10, value: ({ status }) => STATUS[status] ?? status },
  { heading: '乡镇（街道）', width: 14, value: ({ township }) => township },
  { heading: '村（社区）', width: 18, value: ({ village }) => village },
  { heading: '地址', width: 30, value: ({ address }) => address },
  { heading: '上次走访', width: 12, value: ({ lastVisitOn }) => lastVisitOn },
  { heading: '贷款到期', width: 12, value: ({ nextDueOn }) => nextDueOn },
  { heading: '本次结果', width: 24, value: () => null },
]

export function walkLists(
  file: PlanFile,
  clients: readonly WalkClient[],
  gridOf: ReadonlyMap<number, number>,
): Uint8Array {
  const byGrid = new Map<number, WalkClient[]>()
  for (const client of clients) {
    const no = gridOf.get(client.id)!
    byGrid.set(no, [...(byGrid.get(no) ?? []), client])
  }
  const sheets = file.grids.map((grid): Sheet => {
    const own = byGrid.get(grid.no) ?? []
    return {
      name: grid.name,
      notes: [
        ...notesOf(file).slice(0, 3),
        `${grid.name}（第 ${grid.no + 1} 号），客户经理：${grid.managerName ?? '未指派'}，共 ${own.length} 户`,
      ],
      headings: COLUMNS.map(({ heading }) => heading),
      widths: COLUMNS.map(({ width }) => width),
      rows: own.map((client, i) => COLUMNS.map(({ value }) => value(client, i))),
    }
  })
  if (sheets.length === 0)
    sheets.push({
      name: '没有网格',
      notes: ['方案还没有划分网格，没有走访清单。'],
      headings: ['序号'],
      widths: [8],
      rows: [],
    })
  return writeXlsx(sheets)
}
