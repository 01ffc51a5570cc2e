/** The one stream of news from the server, shared by whoever wants some of it. */
import { api } from '#web/api/client.ts'

type Handler = (data: unknown) => void

class ServerEvents {
  #source: EventSource | null = null
  #handlers = new Map<string, Set<Handler>>()

  start(): void {
    this.stop()
    this.#source = api.events()
    for (const name of this.#handlers.keys()) this.#listen(name)
  }

  stop(): void {
    this.#source?.close()
    this.#source = null
  }

  /** @returns the function that ends it. 'open' comes whenever the stream was (re)connected: news may have been missed. */
  on(name: string, handler: Handler): () => void {
    const known = this.#handlers.get(name)
    if (known) known.add(handler)
    else {
      this.#handlers.set(name, new Set([handler]))
      this.#listen(name)
    }
    return () => void this.#handlers.get(name)?.delete(handler)
  }

  #listen(name: string): void {
    this.#source?.addEventListener(name, (event) => {
      const text = (event as MessageEvent<string | undefined>).data
      const data: unknown = text ? JSON.parse(text) : null
      for (const handler of this.#handlers.get(name) ?? []) handler(data)
    })
  }
}

export const serverEvents = new ServerEvents()
