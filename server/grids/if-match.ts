import { AppError } from '#server/http/errors.ts'

/** The version an edit was made on, from If-Match: "v3". */
export function versionOf(ifMatch: string | undefined): number {
  if (ifMatch === undefined || ifMatch.trim() === '') {
    throw new AppError(
      'precondition_required',
      '缺少 If-Match 请求头：修改方案必须带上读取时的版本号，如 "v3"。请刷新方案后重试。',
    )
  }
  const found = /^"v(\d{1,9})"$/.exec(ifMatch.trim())
  if (!found)
    throw new AppError('bad_request', 'If-Match 请求头应为带引号的版本号，如 "v3"。请刷新方案后重试。')
  return Number(found[1])
}

export function etagOf(version: number): string {
  return `"v${version}"`
}
