import { sql } from 'drizzle-orm'
import { Admission } from './admission.ts'
import type { Engine, Tx } from './engine.ts'
import { NoSession, toDatabaseError } from './errors.ts'
import { lintCatalogue } from './lints.ts'
import { migrate } from './migrate.ts'
import { rowsOf } from './rows.ts'

export type { Tx } from './engine.ts'

/** Roles of the server itself. Business roles are reached only through withUser, from the session row. */
export type SystemRole = 'gis_auth' | 'gis_worker' | 'gis_reader'

/** Whose session a statement runs under, as the database knows it. */
export interface Me {
  accountId: number
  username: string
  displayName: string
  role: string
  staffId: number | null
  branchIds: number[]
  countyCodes: string[]
}

export interface OpenOptions {
  /** Data folder of the embedded engine; used when no url is given. */
  folder: string
  /** Where the empty template database and the slimmed PostGIS bundle are kept; may be deleted at any time. */
  cacheFolder: string
  url?: string
  ownerUrl?: string
}

const STATEMENT_LIMIT_MS = 5_000
const QUEUE_LENGTH = 200

/** Opens the engine the options name, brings its schema up to date and checks the access rules. @throws CannotOpen */
export async function openDatabase(options: OpenOptions): Promise<Database> {
  const engine = await (options.url
    ? openServerEngine(options.url, options.ownerUrl)
    : openEmbeddedEngine(options))
  const database = new Database(engine)
  try {
    await migrate(engine)
    if (engine.kind === 'embedded') await engine.script('set role gis_none')
    await database.asOwner((tx) => lintCatalogue(tx))
  } catch (error) {
    await engine.close()
    throw toDatabaseError(error)
  }
  return database
}

// Each engine's driver is loaded only where it is used.
async function openServerEngine(url: string, ownerUrl?: string): Promise<Engine> {
  const { openServer } = await import('./server-engine.ts')
  return openServer({ url, ownerUrl })
}

async function openEmbeddedEngine({ folder, cacheFolder }: OpenOptions): Promise<Engine> {
  const { openEmbedded } = await import('./embedded/embedded-engine.ts')
  const seed = async (target: string) => {
    const { copyTemplate, templateFolder } = await import('./embedded/template.ts')
    copyTemplate(await templateFolder(cacheFolder), target)
  }
  return openEmbedded({ folder, cacheFolder, seed })
}

/** The only door to data. No statement runs outside one of the three methods below. */
export class Database {
  readonly engine: Engine['kind']
  readonly location: string
  private readonly inner: Engine
  private readonly admission: Admission

  constructor(engine: Engine) {
    this.inner = engine
    this.engine = engine.kind
    this.location = engine.location
    this.admission = new Admission({ places: engine.places, queue: QUEUE_LENGTH, waitMs: engine.waitMs })
  }

  /**
   * A transaction with the rights of the session whose token has this hash (hex). Role and session are set for the
   * transaction only, and are read from the session row: the caller cannot name a role.
   * @throws NoSession, DatabaseError, DatabaseBusy
   */
  withUser<T>(
    tokenHash: string,
    work: (tx: Tx, me: Me) => Promise<T>,
    limitMs = STATEMENT_LIMIT_MS,
  ): Promise<T> {
    return this.transaction(limitMs, async (tx) => {
      await tx.execute(sql`select set_config('app.sid', ${tokenHash}, true)`)
      const [me] = rowsOf<Me>(
        await tx.execute(sql`select m.account_id as "accountId", m.username, m.display_name as "displayName", m.role,
          m.staff_id as "staffId", m.branch_ids as "branchIds", m.county_codes as "countyCodes",
          set_config('role', 'gis_' || m.role, true) from app.me() m`),
      )
      if (!me) throw new NoSession()
      return work(tx, me)
    })
  }

  /** A transaction of the server itself, with exactly the grants of `role`. */
  asRole<T>(role: SystemRole, work: (tx: Tx) => Promise<T>, limitMs = STATEMENT_LIMIT_MS): Promise<T> {
    return this.transaction(limitMs, async (tx) => {
      await tx.execute(sql`select set_config('role', ${role}, true)`)
      return work(tx)
    })
  }

  /** A transaction as the owner of the schema: migrations, bulk loads, operator commands. No time limit. */
  asOwner<T>(work: (tx: Tx) => Promise<T>): Promise<T> {
    return this.admit(() =>
      this.inner.ownerTransaction(async (tx) => {
        await tx.execute(sql`select set_config('role', 'gis_owner', true)`)
        return work(tx)
      }),
    )
  }

  /** The whole data folder as a .tar.gz; null where the server's own tools do that. */
  async dump(): Promise<Buffer | null> {
    return this.inner.dump ? this.inner.dump() : null
  }

  close(): Promise<void> {
    return this.inner.close()
  }

  private transaction<T>(limitMs: number, work: (tx: Tx) => Promise<T>): Promise<T> {
    return this.admit(() => this.inner.transaction(limitMs, work))
  }

  private async admit<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await this.admission.run(work)
    } catch (error) {
      throw toDatabaseError(error)
    }
  }
}
