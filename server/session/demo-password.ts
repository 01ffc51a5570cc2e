/** Password of every demo account. Demo accounts exist in trial mode only; the server engine refuses them. */
export const DEMO_PASSWORD = 'gangrid-trial'
