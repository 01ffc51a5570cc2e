/**
 * Finds where a text stops being JSON, because engines do not all say it.
 *
 * Guarantees: for text that JSON.parse refuses, the offset of the first character that cannot stand there (the length when the
 * text just ends).
 * Limits: nesting up to what the call stack carries; deeper text gets its whole length.
 * Source: RFC 8259.
 */
const NUMBER = /-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?/y
const STRING = /"(?:[^"\\\p{Cc}]|[\u007f-\u009f]|\\(?:["\\/bfnrt]|u[\da-fA-F]{4}))*"/uy

export function jsonFaultOffset(text: string): number {
  try {
    const end = skipSpace(text, value(text, skipSpace(text, 0)))
    return end
  } catch (error) {
    if (error instanceof Fault) return error.offset
    if (error instanceof RangeError) return text.length
    throw error
  }
}

class Fault extends Error {
  readonly offset: number
  constructor(offset: number) {
    super('JSON fault')
    this.offset = offset
  }
}

function skipSpace(text: string, from: number): number {
  let at = from
  while (at < text.length && ' \t\n\r'.includes(text[at]!)) at++
  return at
}

function value(text: string, at: number): number {
  const start = text[at]
  if (start === '{') return members(text, at + 1, '}', true)
  if (start === '[') return members(text, at + 1, ']', false)
  if (start === '"') return token(STRING, text, at)
  for (const word of ['true', 'false', 'null']) if (text.startsWith(word, at)) return at + word.length
  return token(NUMBER, text, at)
}

function token(pattern: RegExp, text: string, at: number): number {
  pattern.lastIndex = at
  const found = pattern.exec(text)
  if (!found) throw new Fault(at)
  return at + found[0].length
}

function members(text: string, from: number, close: string, keyed: boolean): number {
  let at = skipSpace(text, from)
  if (text[at] === close) return at + 1
  for (;;) {
    if (keyed) {
      at = skipSpace(text, token(STRING, text, at))
      if (text[at] !== ':') throw new Fault(at)
      at = skipSpace(text, at + 1)
    }
    at = skipSpace(text, value(text, at))
    if (text[at] === close) return at + 1
    if (text[at] !== ',') throw new Fault(at)
    at = skipSpace(text, at + 1)
  }
}
