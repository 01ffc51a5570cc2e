/** `gangrid account create|disable|password`: staff accounts from the operator's console. Exit codes: 0 ok, 1 refused, 2 wrong usage. */
import { createInterface } from 'node:readline'
import { sql } from 'drizzle-orm'
import { DatabaseError } from '#db/errors.ts'
import { arrayLiteral, rowsOf } from '#db/rows.ts'
import { isRole, ROLES } from '../auth/permissions.ts'
import { hashPassword } from '../session/password.ts'
import type { DatabaseIo } from './geodata.ts'
import { parseArguments, tellUsage, unknownAction, UsageError } from './usage.ts'

export type AccountIo = DatabaseIo & { stdin: NodeJS.ReadableStream }

const PASSWORD_LEAST = 12
const USAGE = `用法: gangrid account create --username 账号 --name 姓名 --role 角色 [--staff 员工编号] [--branches 1,2] [--counties 360702,...]
      gangrid account password --username 账号
      gangrid account disable --username 账号

密码从标准输入读取一行，至少 ${PASSWORD_LEAST} 位；不会出现在命令行与日志中。停用与改密会立即结束该账号的所有会话。
角色: ${ROLES.join('、')}

退出码: 0 完成；1 被拒绝（说明原因）；2 用法错误。
`

class Refused extends Error {}

export async function run(argv: string[], io: AccountIo): Promise<number> {
  try {
    const { values, positionals } = parse(argv)
    if (values.help) {
      io.stdout.write(USAGE)
      return 0
    }
    const [action, ...extra] = positionals
    if (extra.length > 0) throw new UsageError(`多余的参数: ${extra.join(' ')}`)
    const username = values.username
    if (!username || !/^[a-z0-9_.-]{2,40}$/.test(username))
      throw new UsageError('--username 应为 2 到 40 位小写字母、数字、点、横线')
    if (action === 'create') await create(username, values, io)
    else if (action === 'password') await changePassword(username, io)
    else if (action === 'disable') await disable(username, io)
    else throw unknownAction(action, ['create', 'password', 'disable'])
    return 0
  } catch (error) {
    if (error instanceof UsageError) return tellUsage(error, 'account', io.stderr)
    if (error instanceof Refused || error instanceof DatabaseError) {
      io.stderr.write(
        `${error instanceof Refused ? error.message : `数据库未能完成（${error.code}），没有改动。`}\n`,
      )
      return 1
    }
    throw error
  }
}

function parse(argv: string[]) {
  return parseArguments({
    args: argv,
    allowPositionals: true,
    options: {
      username: { type: 'string' },
      name: { type: 'string' },
      role: { type: 'string' },
      staff: { type: 'string' },
      branches: { type: 'string', default: '' },
      counties: { type: 'string', default: '' },
      help: { type: 'boolean', default: false },
    },
  })
}

type Values = ReturnType<typeof parse>['values']

async function create(username: string, values: Values, io: AccountIo): Promise<void> {
  const { name, role } = values
  if (!name) throw new UsageError('缺少 --name')
  if (!role || !isRole(role)) throw new UsageError(`--role 应为 ${ROLES.join('、')} 之一`)
  const staffId = values.staff === undefined ? null : wholeNumber('staff', values.staff)
  const branchIds = listOf(values.branches).map((text) => wholeNumber('branches', text))
  const counties = listOf(values.counties).map(countyCode)
  const passwordHash = await hashPassword(await readPassword(io))
  await inDatabase(io, async (tx) => {
    const taken = rowsOf(await tx.execute(sql`select from auth.account where username = ${username}`))
    if (taken.length > 0) throw new Refused(`账号 ${username} 已存在。请换一个账号名。`)
    await tx.execute(sql`insert into auth.account (username, display_name, password_hash, role, staff_id, branch_ids, county_codes)
      values (${username}, ${name}, ${passwordHash}, ${role}, ${staffId}, ${arrayLiteral(branchIds)}::integer[], ${arrayLiteral(counties)}::text[])`)
  })
  io.stdout.write(`已建立账号 ${username}（${role}）\n`)
}

async function changePassword(username: string, io: AccountIo): Promise<void> {
  const passwordHash = await hashPassword(await readPassword(io))
  await changeAccount(username, sql`password_hash = ${passwordHash}`, io)
  io.stdout.write(`已修改 ${username} 的密码\n`)
}

async function disable(username: string, io: AccountIo): Promise<void> {
  await changeAccount(username, sql`disabled_at = now()`, io)
  io.stdout.write(`已停用账号 ${username}\n`)
}

async function changeAccount(username: string, change: ReturnType<typeof sql>, io: AccountIo): Promise<void> {
  await inDatabase(io, async (tx) => {
    const changed = rowsOf<{ id: number }>(
      await tx.execute(sql`update auth.account set ${change} where username = ${username} returning id`),
    )
    if (changed.length === 0) throw new Refused(`没有账号 ${username}。请核对账号名。`)
    await tx.execute(
      sql`update auth.session set revoked_at = now() where account_id = ${changed[0].id} and revoked_at is null`,
    )
  })
}

async function inDatabase(
  io: AccountIo,
  work: Parameters<Awaited<ReturnType<AccountIo['openDatabase']>>['asOwner']>[0],
): Promise<void> {
  const db = await io.openDatabase()
  try {
    await db.asOwner(work)
  } finally {
    await db.close()
  }
}

async function readPassword(io: AccountIo): Promise<string> {
  io.stderr.write('请输入密码: ')
  const lines = createInterface({ input: io.stdin })
  for await (const line of lines) {
    lines.close()
    if (line.length < PASSWORD_LEAST) throw new Refused(`密码至少 ${PASSWORD_LEAST} 位。`)
    return line
  }
  throw new UsageError('没有读到密码: 请在标准输入给出一行')
}

const listOf = (text: string): string[] => text.split(',').filter((part) => part !== '')

function wholeNumber(name: string, text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new UsageError(`--${name} 应为整数，收到“${text}”`)
  return Number(text)
}

function countyCode(text: string): string {
  if (!/^3607\d{2}(0{6})?$/.test(text)) throw new UsageError(`--counties 应为 6 位县区代码，收到“${text}”`)
  return text.padEnd(12, '0')
}
