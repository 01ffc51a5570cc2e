import { parseFilter } from '#contract/filter.ts'
import type { Me } from '#db/client.ts'
import { fieldsOf, type FieldName, type Filter } from '#domain/filter/types.ts'
import { AppError } from '#server/http/errors.ts'

// What a planner may not read, a planner may not search by either.
const HIDDEN_FIELDS: Record<string, readonly FieldName[]> = {
  planner: ['depositBalance', 'loanBalance', 'riskClass'],
}

/** The filter of a request, refused when it is malformed or asks about what the role may not see. */
export function filterOfRequest(text: string | undefined, me: Pick<Me, 'role'>): Filter | null {
  const parsed = parseFilter(text)
  if (!parsed.ok) {
    const [issue] = parsed.issues
    throw new AppError('bad_request', `筛选条件有误（${issue.path}）：${issue.message}。请修改后重试。`, {
      errors: parsed.issues,
    })
  }
  if (parsed.filter === null) return null
  const fields = fieldsOf(parsed.filter)
  const hidden = (HIDDEN_FIELDS[me.role] ?? []).filter((field) => fields.has(field))
  if (hidden.length > 0) {
    throw new AppError(
      'forbidden',
      `您的角色不能按以下字段筛选：${hidden.join('、')}。请去掉这些条件后重试。`,
    )
  }
  return parsed.filter
}
