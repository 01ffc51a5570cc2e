/** Wrong usage of a command, in Chinese whatever the fault: one wording and one exit code for all of them. */
import { parseArgs, type ParseArgsConfig } from 'node:util'

/** The message says what is wrong, without a full stop. */
export class UsageError extends Error {}

/** Node's `parseArgs`, its faults told in Chinese. @throws UsageError */
export function parseArguments<T extends ParseArgsConfig>(config: T): ReturnType<typeof parseArgs<T>> {
  try {
    return parseArgs(config)
  } catch (error) {
    throw new UsageError(faultOf(error as NodeJS.ErrnoException))
  }
}

function faultOf(error: NodeJS.ErrnoException): string {
  const quoted = /'([^']*)'/.exec(error.message)?.[1] ?? ''
  switch (error.code) {
    case 'ERR_PARSE_ARGS_UNKNOWN_OPTION':
      return `没有“${quoted}”这个选项`
    case 'ERR_PARSE_ARGS_INVALID_OPTION_VALUE':
      return `选项“${quoted}”的值不对：需要值的选项请在后面写上（以横线开头的值写成 --选项=值），不需要值的不要写`
    case 'ERR_PARSE_ARGS_UNEXPECTED_POSITIONAL':
      return `多余的参数: ${quoted}`
    default:
      throw error
  }
}

export function unknownAction(action: string | undefined, known: string[]): UsageError {
  const fault = action === undefined ? '缺少操作' : `不认识的操作“${action}”`
  return new UsageError(`${fault}，可用: ${known.join('、')}`)
}

/** Tells the fault and where to read more; answers the exit code of wrong usage. */
export function tellUsage(error: UsageError, command: string, stderr: { write(text: string): unknown }): 2 {
  stderr.write(`${error.message}。\n运行 npm run gangrid -- ${command} --help 查看用法。\n`)
  return 2
}
