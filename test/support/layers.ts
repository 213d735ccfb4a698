/**
 * The Layer of a database that the tests found.
 */
import type * as Layer from "effect/Layer"
import * as Connect from "../../src/Connect.js"
import type { ConnectFailure } from "../../src/DbError.js"
import type * as Pool from "../../src/Pool.js"

/** Any URL that `Connect` understands: those of `databases.ts` among them. */
export const layerOf = (url: string, options?: Pool.Options): Layer.Layer<Connect.Services, ConnectFailure> =>
  Connect.layer(url, options)
