const CHECK_EVERY_MS = 2_000

interface Source<Value> {
  version(): Promise<string>
  load(): Promise<Value>
  versionOf(value: Value): string
}

/**
 * Keeps a value that is expensive to load, and loads it again when its version has changed. The version is asked for at
 * most every two seconds; any number of callers share one check and one load. A load that fails is not remembered.
 */
export class VersionedStore<Value> {
  private value: Value | null = null
  private checkedAt = -Infinity
  private pending: Promise<Value> | null = null
  private readonly source: Source<Value>
  private readonly now: () => number

  constructor(source: Source<Value>, now: () => number = () => performance.now()) {
    this.source = source
    this.now = now
  }

  async current(): Promise<Value> {
    if (this.value !== null && this.now() - this.checkedAt < CHECK_EVERY_MS) return this.value
    this.pending ??= this.refresh().finally(() => (this.pending = null))
    return this.pending
  }

  /** Makes the next call check the version, for writers in this process. */
  recheck(): void {
    this.checkedAt = -Infinity
  }

  private async refresh(): Promise<Value> {
    const askedAt = this.now()
    if (this.value !== null && (await this.source.version()) === this.source.versionOf(this.value)) {
      this.checkedAt = askedAt
      return this.value
    }
    this.value = await this.source.load()
    this.checkedAt = askedAt
    return this.value
  }
}
