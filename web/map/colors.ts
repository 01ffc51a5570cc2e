/**
 * Every colour that carries meaning on the map, with its source.
 * Ramps: one hue each (ColorBrewer "BuGn"-like teal, own values), light to dark on paper, dark to light at night, so
 * that "more" is always "further from the background".
 * States: Okabe & Ito's colour-blind safe set; a state is always shown with a shape and a word as well.
 */
import type { ClientStatus } from '#domain/filter/client-columns.ts'
import type { Flavour } from './style-piece.ts'

export interface BaseColors {
  outside: string
  land: string
  countyLine: string
  countyHalo: string
  townshipLine: string
  villageLine: string
  label: string
  labelSoft: string
  labelHalo: string
  river: string
  railway: string
  road: string
  selected: string
}

export const BASE: Record<Flavour, BaseColors> = {
  light: {
    outside: '#e6eae7',
    land: '#f8f8f4',
    countyLine: '#6b7a75',
    countyHalo: '#ffffff',
    townshipLine: '#a3b0ab',
    villageLine: '#c8d0cc',
    label: '#22302c',
    labelSoft: '#4c5a55',
    labelHalo: '#ffffff',
    river: '#5b95c9',
    railway: '#7a6d8c',
    road: '#c0894a',
    selected: '#0b6669',
  },
  dark: {
    outside: '#11171a',
    land: '#20292c',
    countyLine: '#90a09d',
    countyHalo: '#11171a',
    townshipLine: '#5d6b6e',
    villageLine: '#3f4b4e',
    label: '#eef3f1',
    labelSoft: '#b8c4c1',
    labelHalo: '#161d20',
    river: '#4b86b8',
    railway: '#a294b8',
    road: '#b98a54',
    selected: '#5cc8c4',
  },
}

export const RAMP: Record<Flavour, readonly [string, string, string, string, string]> = {
  light: ['#dff1ee', '#a9d9d2', '#66b8b0', '#2a8c88', '#0a5457'],
  dark: ['#1f3b3d', '#275c5d', '#2f8582', '#58b5ae', '#a9e6dd'],
}

export const NO_DATA: Record<Flavour, string> = { light: '#e3e3df', dark: '#333b3e' }
export const WITHHELD: Record<Flavour, string> = { light: '#c9c9c6', dark: '#485154' }

/** Text drawn on a grid's fill or a cell circle. */
export const ON_FILL: Record<Flavour, { text: string; halo: string }> = {
  light: { text: '#14211e', halo: '#ffffff' },
  dark: { text: '#ffffff', halo: '#10171a' },
}

export const CELL: Record<Flavour, { fill: string; line: string; text: string; halo: string }> = {
  light: { fill: '#2f6fb0', line: '#ffffff', text: '#ffffff', halo: '#1d4f82' },
  dark: { fill: '#4f8fd0', line: '#10171a', text: '#ffffff', halo: '#173a5e' },
}

export type StatusShape = 'disc' | 'left' | 'right' | 'cross' | 'ring'

export const STATUS: Record<ClientStatus, { light: string; dark: string; shape: StatusShape }> = {
  active: { light: '#0072b2', dark: '#56b4e9', shape: 'disc' },
  depositOnly: { light: '#b87300', dark: '#e69f00', shape: 'left' },
  loanOnly: { light: '#9b4f83', dark: '#d993bb', shape: 'right' },
  lost: { light: '#c24a00', dark: '#ff7d3b', shape: 'cross' },
  prospect: { light: '#5c6b73', dark: '#aab6bc', shape: 'ring' },
}

/** Statuses drawn hollow on the map: nothing is held at the bank today. */
export const HOLLOW: ReadonlySet<ClientStatus> = new Set<ClientStatus>(['lost', 'prospect'])

/**
 * 24 grid fills: eight hues in three lightness steps. Consecutive numbers differ in hue and in lightness, because
 * neighbours usually have near numbers and lightness is what colour-blind readers keep. Grids also carry their number.
 */
export const GRID_FILLS = [
  '#4477aa',
  '#e8c468',
  '#117a65',
  '#f2a59a',
  '#5d3a8e',
  '#9ad0ec',
  '#b0413e',
  '#b5d99c',
  '#7d6608',
  '#c9b3e6',
  '#d9822b',
  '#1f4e79',
  '#8fd6c4',
  '#8e3b6f',
  '#d7d58a',
  '#3f8f3f',
  '#f0b7d8',
  '#6b4f3a',
  '#6fa8dc',
  '#c05f8a',
  '#d3dcd7',
  '#2e6b72',
  '#e3a15f',
  '#5f6b7a',
] as const

/** Grid numbers start at 0. */
export function gridFill(no: number): string {
  return GRID_FILLS[no % GRID_FILLS.length]
}

export function rgb(hex: string): [number, number, number] {
  const value = Number.parseInt(hex.slice(1), 16)
  return [(value >> 16) & 255, (value >> 8) & 255, value & 255]
}
