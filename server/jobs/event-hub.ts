import type { JobEvent, LayerEvent, PlanEvent } from './contract.ts'

export type HubEvent =
  | { name: 'job'; accountId: number; data: JobEvent }
  | { name: 'layer'; data: LayerEvent }
  | { name: 'plan'; accountIds: ReadonlySet<number>; data: PlanEvent }
type Listener = (event: HubEvent) => void

/** Passes events from where they happen to the open streams of this process. Nothing is kept for later. */
export class EventHub {
  private readonly listeners = new Set<{ accountId: number; listener: Listener; onClose: () => void }>()

  /**
   * @param onClose called when the server stops
   * @returns the function that ends the subscription
   */
  subscribe(accountId: number, listener: Listener, onClose: () => void): () => void {
    const entry = { accountId, listener, onClose }
    this.listeners.add(entry)
    return () => void this.listeners.delete(entry)
  }

  /** Ends every open stream. */
  close(): void {
    for (const { onClose } of this.listeners) onClose()
  }

  get subscribers(): number {
    return this.listeners.size
  }

  /** Events of a job reach its owner only, those of a plan only the people in it. */
  publish(event: HubEvent): void {
    for (const { accountId, listener } of this.listeners) {
      if (event.name === 'job' && event.accountId !== accountId) continue
      if (event.name === 'plan' && !event.accountIds.has(accountId)) continue
      listener(event)
    }
  }
}
