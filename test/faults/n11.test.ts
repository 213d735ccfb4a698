/** Files of SQLite: kills in the middle of writes, in short. */
import { n11 } from "../../bench/faults/scenarios/n11.js"
import { shortForms } from "./short.js"

shortForms(n11)
