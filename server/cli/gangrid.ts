/** The `gangrid` command: finds the named sub-command and gives it what it needs of the process. */
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { openDatabase } from '#db/client.ts'
import { CannotOpen } from '#db/errors.ts'
import { sealContact } from '../auth/contact-cipher.ts'
import { loadContactKey } from '../auth/contact-key.ts'
import { parseEnv } from '../env.ts'
import type { Env } from '../env.ts'
import { DEMO_PASSWORD } from '../session/demo-password.ts'
import { hashPassword } from '../session/password.ts'
import * as account from './account.ts'
import * as demo from './demo.ts'
import * as geodata from './geodata.ts'
import * as solve from './solve.ts'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))

const USAGE = `用法: npm run gangrid -- <命令> [选项]

  solve      把一个文件中的基本单元划分为连片、均衡的网格
  geodata    导入行政区划界线，查看现有数据
  demo       载入或清除演示数据
  account    建立、停用账号，修改密码

每个命令都支持 --help。退出码: 0 成功；1 被拒绝（说明原因）；2 用法错误。
`

export async function main(argv: string[]): Promise<number> {
  const [name, ...rest] = argv
  if (name === undefined || name === '--help' || name === 'help') {
    process[name === undefined ? 'stderr' : 'stdout'].write(USAGE)
    return name === undefined ? 2 : 0
  }
  const io = { stdin: process.stdin, stdout: process.stdout, stderr: process.stderr }
  if (name === 'solve') return solve.run(rest, io)
  const command = { geodata, demo, account }[name]
  if (!command) {
    process.stderr.write(`不认识的命令“${name}”。\n\n${USAGE}`)
    return 2
  }
  const parsed = parseEnv(process.env)
  if (!parsed.ok) {
    process.stderr.write(`${parsed.faults.join('\n')}\n请改正后重试；可用的变量见 .env.example。\n`)
    return 2
  }
  try {
    return await command.run(rest, { ...io, ...databaseIo(parsed.env) })
  } catch (error) {
    if (!(error instanceof CannotOpen)) throw error
    process.stderr.write(`${error.message}\n`)
    return 1
  }
}

function databaseIo(env: Env) {
  return {
    openDatabase: () =>
      openDatabase({
        folder: join(env.GANGRID_DATA, 'db'),
        cacheFolder: join(ROOT, 'node_modules/.cache/gangrid'),
        url: env.DATABASE_URL,
        ownerUrl: env.DATABASE_OWNER_URL,
      }),
    demoPasswordHash: () => hashPassword(DEMO_PASSWORD),
    openCipher: async () => {
      const key = loadContactKey(env.GANGRID_DATA)
      return (text: string) => sealContact(key, text)
    },
  }
}
