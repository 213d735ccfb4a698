/**
 * Everything that is sent to a database.
 */
import type { Delete, Insert, Select, Update } from "./ast.js"
import type { Script } from "./definitions.js"

/** A whole statement. */
export type Statement = Select | Insert | Update | Delete | Script
