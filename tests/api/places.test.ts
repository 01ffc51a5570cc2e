import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { callerAs, openTestApi, type Caller, type TestApi } from '../support/api.ts'
import { insertMoreClients } from '../support/more-clients.ts'

let api: TestApi
let call: Caller

beforeAll(async () => {
  api = await openTestApi()
  await insertMoreClients(api.db)
  call = await callerAs(api, 'auditor')
})
afterAll(() => api?.[Symbol.asyncDispose]())

const codes = async (path: string) =>
  ((await (await call(path)).json()).places as { code: string }[]).map(({ code }) => code)
const hits = async (q: string) =>
  (
    (await (await call(`/api/places/search?q=${encodeURIComponent(q)}`)).json()).places as {
      name: string
      match: string
      context: string
    }[]
  ).map(({ name, match, context }) => [name, match, context])

describe('places', () => {
  test('by level and parent, short codes accepted', async () => {
    expect(await codes('/api/places?level=county')).toEqual(['360702000000', '360703000000', '360722000000'])
    expect(await codes('/api/places?level=township&parent=360722')).toEqual(['360722100000'])
    expect(await codes('/api/places?level=township&parent=3607')).toHaveLength(3)
    expect((await call('/api/places?level=township&parent=360799')).status).toBe(404)
    expect((await call('/api/places?level=street')).status).toBe(400)
  })

  test('one place with its way up and its bounds', async () => {
    const place = await (await call('/api/places/360703001000')).json()
    expect(place).toMatchObject({
      code: '360703001000',
      name: '蓉江街道',
      level: 'township',
      parentCode: '360703000000',
      countyCode: '360703000000',
      seat: [114.75, 25.66],
      accuracy: 'schematic',
      path: [
        { code: '360700000000', name: '赣州市', level: 'prefecture' },
        { code: '360703000000', name: '南康区', level: 'county' },
        { code: '360703001000', name: '蓉江街道', level: 'township' },
      ],
    })
    expect(place.bounds).toEqual([114.7, 25.6, 114.8, 25.7])
    const missing = await call('/api/places/360799000000')
    expect([missing.status, (await missing.json()).code]).toEqual([404, 'not_found'])
    expect((await call('/api/places/12345')).status).toBe(400)
  })

  test('searched by name, former name, initials, pinyin and code', async () => {
    expect(await hits('南康区')).toEqual([['南康区', 'name', '']])
    expect(await hits('江街')).toEqual([['蓉江街道', 'name', '南康区']])
    expect(await hits('南康县')).toEqual([['南康区', 'formerName', '']])
    expect(await hits('RJ')).toEqual([['蓉江街道', 'initials', '南康区']])
    expect(await hits('nan kang')).toEqual([['南康区', 'pinyin', '']])
    expect(await hits('360703')).toEqual([
      ['南康区', 'code', ''],
      ['蓉江街道', 'code', '南康区'],
    ])
    expect(await hits('360782')).toEqual([['南康区', 'code', '']])
    expect(await hits('不存在')).toEqual([])
    expect((await call('/api/places/search?q=%20')).status).toBe(400)
  })
})
