import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { DEFAULT_OVERLAYS, parseUrl, printUrl, WORKSPACES, type UrlState } from '#web/state/url-state.ts'

const plain = parseUrl('')

describe('parseUrl', () => {
  test('an empty address opens the overview with its overlays', () => {
    expect(plain).toEqual({
      workspace: 'leadership',
      viewport: null,
      overlays: ['admin-areas', 'places'],
      filter: null,
      place: null,
      metric: null,
      month: null,
      plan: null,
      grid: null,
      client: null,
    })
  })

  test.each([
    ['ws=secrets', 'workspace'],
    ['at=1,2', 'viewport'],
    ['at=,,', 'viewport'],
    ['at=115,95,9', 'viewport'],
    ['at=115,26,NaN', 'viewport'],
    ['filter={', 'filter'],
    ['filter=[]', 'filter'],
    ['filter={"op":"and","of":[]}', 'filter'],
    ['filter={"op":"not"}', 'filter'],
    ['filter="x"', 'filter'],
    ['place=360722', 'place'],
    ['place=110101000000', 'place'],
    ["metric=loan'", 'metric'],
    ['month=2026-13-01', 'month'],
    ['plan=-1', 'plan'],
    ['plan=0', 'plan'],
    ['client=1e3', 'client'],
    ['client=99999999999', 'client'],
  ])('%s falls back to the default of %s alone', (query, key) => {
    const parsed = parseUrl(`?${query}&grid=4`)
    expect(parsed[key as keyof UrlState]).toEqual(plain[key as keyof UrlState])
    expect(parsed.grid).toBe(4)
  })

  test('the first grid has number 0', () => expect(parseUrl('?grid=0').grid).toBe(0))

  test('a filter that is too deep or too long is dropped, not followed', () => {
    const deep = '{"op":"not","of":'.repeat(200) + '{"field":"status","in":["lost"]}' + '}'.repeat(200)
    expect(parseUrl(`?filter=${encodeURIComponent(deep)}`).filter).toBeNull()
    const long = JSON.stringify({ field: 'industry', in: ['果'.repeat(9000)] })
    expect(parseUrl(`?filter=${encodeURIComponent(long)}`).filter).toBeNull()
  })

  test('overlays: unknown spellings are dropped, an empty list stays empty', () => {
    expect(parseUrl('?on=clients,<b>,clients,places').overlays).toEqual(['clients', 'places'])
    expect(parseUrl('?on=none').overlays).toEqual([])
  })

  test('never throws', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => void parseUrl(text)))
  })
})

test('what is printed is parsed back', () => {
  const states = fc.record<UrlState>({
    workspace: fc.constantFrom(...WORKSPACES),
    viewport: fc.option(
      fc
        .record({
          lng: fc.double({ min: 101, max: 129, noNaN: true }),
          lat: fc.double({ min: 16, max: 39, noNaN: true }),
          zoom: fc.double({ min: 1, max: 20, noNaN: true }),
        })
        .map(({ lng, lat, zoom }) => ({
          lng: Number(lng.toFixed(5)),
          lat: Number(lat.toFixed(5)),
          zoom: Number(zoom.toFixed(2)),
        })),
    ),
    overlays: fc.uniqueArray(fc.constantFrom('clients', 'places', 'admin-areas')),
    filter: fc.option(
      fc.constantFrom(
        { field: 'status' as const, in: ['lost' as const] },
        {
          op: 'or' as const,
          of: [
            { field: 'loanBalance' as const, gte: 10000 },
            { op: 'not' as const, of: { field: 'payroll' as const, is: true } },
          ],
        },
        { field: 'industry' as const, in: ['脐橙 & 家具,=%'] },
      ),
    ),
    place: fc.option(fc.constantFrom('360722000000', '360722101000')),
    metric: fc.option(fc.constantFrom('loanBalance', 'growthLoan')),
    month: fc.option(fc.constantFrom('2026-11-01', '2025-01-01')),
    plan: fc.option(fc.integer({ min: 1, max: 1e8 })),
    grid: fc.option(fc.integer({ min: 0, max: 399 })),
    client: fc.option(fc.integer({ min: 1, max: 1e8 })),
  })
  fc.assert(
    fc.property(states, (state) => {
      const back = parseUrl(printUrl(state))
      expect({ ...back, overlays: [...back.overlays].sort() }).toEqual({
        ...state,
        overlays: [...state.overlays].sort(),
      })
    }),
  )
})

test('the default overlays of a workspace are not spelled out', () => {
  expect(printUrl({ ...plain, workspace: 'canvass', overlays: DEFAULT_OVERLAYS.canvass })).toBe('?ws=canvass')
})
