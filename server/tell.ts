/** To the operator. Standard output carries the one line "ready ..."; everything else goes to standard error. */
export const tell = (text: string): void => void process.stderr.write(`${text}\n`)
