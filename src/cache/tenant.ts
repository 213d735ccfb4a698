/**
 * On whose behalf a program reads.
 */
import * as Context from "effect/Context"
import type * as Fiber from "effect/Fiber"

/**
 * Whose answers are whose: a part of each key, so that none is given to another tenant. Nobody's by default.
 *
 * ```ts
 * import { Effect } from "effect"
 * import { Cache } from "effect-strata"
 *
 * const asAcme = Effect.provideService(Cache.Tenant, "acme")
 * ```
 *
 * It is for databases that show each tenant rows of its own without being told by the statement, as by row level security: what the statement says is
 * in the key already.
 *
 * @since 0.1.0
 * @category tags
 */
export class Tenant extends Context.Reference<Tenant>()("effect-strata/Cache/Tenant", {
  defaultValue: (): string | undefined => undefined
}) {}

export const tenantOf = (fiber: Fiber.RuntimeFiber<any, any>): string | undefined =>
  (fiber.currentContext as Context.Context<never>).unsafeMap.get(Tenant.key)
