/** The pool, cancellation and streams, in short. */
import { p1 } from "../../bench/faults/scenarios/p1.js"
import { p10 } from "../../bench/faults/scenarios/p10.js"
import { p11 } from "../../bench/faults/scenarios/p11.js"
import { p2 } from "../../bench/faults/scenarios/p2.js"
import { p3 } from "../../bench/faults/scenarios/p3.js"
import { p5 } from "../../bench/faults/scenarios/p5.js"
import { p6 } from "../../bench/faults/scenarios/p6.js"
import { p7 } from "../../bench/faults/scenarios/p7.js"
import { p8 } from "../../bench/faults/scenarios/p8.js"
import { p9 } from "../../bench/faults/scenarios/p9.js"
import { shortForms } from "./short.js"

shortForms(p1, p2, p3, p5, p6, p7, p8, p9, p10, p11)
