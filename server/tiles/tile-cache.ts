import { createHash } from 'node:crypto'
import { promisify } from 'node:util'
import { gzip } from 'node:zlib'
import { ByteLru } from '#server/snapshot/byte-lru.ts'

const compress = promisify(gzip)
const GZIP_LEVEL = 6

export interface CachedTile {
  /** Gzipped; null for a tile without content. */
  body: Buffer | null
  /** Of the content, so that a tile that a change did not touch keeps it. */
  etag: string
}

/** Encoded tiles, compressed once, up to a number of bytes. Equal requests at the same time share one encoding. */
export class TileCache {
  private readonly tiles: ByteLru<CachedTile>
  private readonly making = new Map<string, Promise<CachedTile>>()

  constructor(limitBytes: number) {
    this.tiles = new ByteLru(limitBytes)
  }

  async get(key: string, encode: () => Uint8Array): Promise<CachedTile> {
    const known = this.tiles.get(key) ?? this.making.get(key)
    if (known) return known
    const making = this.make(key, encode).finally(() => this.making.delete(key))
    this.making.set(key, making)
    return making
  }

  private async make(key: string, encode: () => Uint8Array): Promise<CachedTile> {
    const bytes = encode()
    const etag = `"${createHash('sha256').update(bytes).digest('base64url').slice(0, 22)}"`
    const body = bytes.length === 0 ? null : await compress(bytes, { level: GZIP_LEVEL })
    const tile = { body, etag }
    this.tiles.set(key, tile, key.length * 2 + (body?.length ?? 0) + 200)
    return tile
  }
}
