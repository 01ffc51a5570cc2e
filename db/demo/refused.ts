export type DemoRefusal =
  'demo-present' | 'real-data' | 'no-places' | 'no-demo' | 'account-taken' | 'still-used'

/** The demo cannot be loaded or cleared for a reason the operator can act on; the message is in Chinese and is shown as it is. */
export class DemoRefused extends Error {
  readonly reason: DemoRefusal

  constructor(reason: DemoRefusal, message: string) {
    super(message)
    this.name = 'DemoRefused'
    this.reason = reason
  }
}
