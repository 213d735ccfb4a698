/** Servers that die or run out of something, in short: each scenario has one of its own. */
import { c14 } from "../../bench/faults/scenarios/c14.js"
import { n6 } from "../../bench/faults/scenarios/n6.js"
import { n8 } from "../../bench/faults/scenarios/n8.js"
import { shortForms } from "./short.js"

shortForms(n6, n8, c14)
