/**
 * Purpose: elements of one name out of XML text, in order, for parts of office files. Not a parser: no entities are declared or
 * followed, elements of a name do not nest. Guarantees: linear whatever the text; an element without its end ends the search.
 */
export interface XmlElement {
  /** The text between the name and `>`. */
  own: string
  inner: string
}

export function* xmlElements(xml: string, name: string): Generator<XmlElement> {
  const prefix = /<([A-Za-z_]\w*:)?[A-Za-z_]/.exec(xml.slice(0, 4096))?.[1]
  const tag = `<${prefix ?? ''}${name}`
  const end = `</${prefix ?? ''}${name}>`
  let at = 0
  for (;;) {
    const start = xml.indexOf(tag, at)
    if (start < 0) return
    at = start + tag.length
    if (!/[\s>/]/.test(xml.charAt(at))) continue
    const close = xml.indexOf('>', at)
    if (close < 0) return
    if (xml.charAt(close - 1) === '/') {
      yield { own: xml.slice(at, close - 1), inner: '' }
      at = close + 1
      continue
    }
    const finish = xml.indexOf(end, close)
    if (finish < 0) return
    yield { own: xml.slice(at, close), inner: xml.slice(close + 1, finish) }
    at = finish + end.length
  }
}

export function xmlAttribute(own: string, name: string): string | null {
  return new RegExp(`(?:^|\\s)${name}\\s*=\\s*["']([^"']*)["']`).exec(own)?.[1] ?? null
}

const NAMED: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" }

export function unescapeXml(text: string): string {
  return text.replace(/&(?:#(\d{1,7})|#x([0-9a-fA-F]{1,6})|(\w{1,8}));/g, (whole, decimal, hex, name) => {
    if (name !== undefined) return NAMED[name as string] ?? whole
    const code = decimal !== undefined ? Number(decimal) : parseInt(hex as string, 16)
    return code > 0 && code <= 0x10ffff ? String.fromCodePoint(code) : ''
  })
}
