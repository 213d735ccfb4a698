/** The network between a program and PostgreSQL, and conflicts, in short. They mostly wait, so each server has a file of its own. */
import { i3 } from "../../bench/faults/scenarios/i3.js"
import { n1 } from "../../bench/faults/scenarios/n1.js"
import { n2 } from "../../bench/faults/scenarios/n2.js"
import { n3 } from "../../bench/faults/scenarios/n3.js"
import { n4 } from "../../bench/faults/scenarios/n4.js"
import { n5 } from "../../bench/faults/scenarios/n5.js"
import { n7 } from "../../bench/faults/scenarios/n7.js"
import { n9 } from "../../bench/faults/scenarios/n9.js"
import { shortFormsOn } from "./short.js"

shortFormsOn(["postgres"], [n1, n2, n3, n4, n5, n7, n9, i3])
