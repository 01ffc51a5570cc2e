import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'

const CIPHER = 'aes-256-gcm'
const NONCE_BYTES = 12
const TAG_BYTES = 16
/** First byte of what is stored: which key and layout; so that a later one can be told apart. */
const LAYOUT = 1

/** Seals a phone or identity number: layout byte, nonce, tag, ciphertext. */
export function sealContact(key: Buffer, text: string): Buffer {
  const nonce = randomBytes(NONCE_BYTES)
  const cipher = createCipheriv(CIPHER, key, nonce, { authTagLength: TAG_BYTES })
  const sealed = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()])
  return Buffer.concat([Buffer.from([LAYOUT]), nonce, cipher.getAuthTag(), sealed])
}

/** @throws when the bytes were sealed with another key or changed since */
export function openContact(key: Buffer, stored: Uint8Array): string {
  const bytes = Buffer.from(stored)
  if (bytes[0] !== LAYOUT || bytes.length < 1 + NONCE_BYTES + TAG_BYTES)
    throw new Error('not a sealed contact field')
  const nonce = bytes.subarray(1, 1 + NONCE_BYTES)
  const tag = bytes.subarray(1 + NONCE_BYTES, 1 + NONCE_BYTES + TAG_BYTES)
  const decipher = createDecipheriv(CIPHER, key, nonce, { authTagLength: TAG_BYTES })
  decipher.setAuthTag(tag)
  return Buffer.concat([
    decipher.update(bytes.subarray(1 + NONCE_BYTES + TAG_BYTES)),
    decipher.final(),
  ]).toString('utf8')
}
