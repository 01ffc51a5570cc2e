/** The one Earth radius of this code: the IUGG mean radius R1, in metres. Areas and lengths only add up if all use it. */
export const EARTH_RADIUS_M = 6371008.8

export const RADIANS_PER_DEGREE = Math.PI / 180

/** Metres along a meridian for one degree. */
export const METRES_PER_DEGREE = EARTH_RADIUS_M * RADIANS_PER_DEGREE
