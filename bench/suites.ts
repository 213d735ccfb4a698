/**
 * All that is measured, in the order in which it is.
 */
import type { Suite } from "./suite.js"
import { crud } from "./suites/crud.js"

export const suites: ReadonlyArray<Suite> = [crud]
