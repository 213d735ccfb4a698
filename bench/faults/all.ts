/**
 * All scenarios, in the order in which they run.
 */
import type { Scenario } from "./scenario.js"
import { c14 } from "./scenarios/c14.js"
import { i3 } from "./scenarios/i3.js"
import { n1 } from "./scenarios/n1.js"
import { n11 } from "./scenarios/n11.js"
import { n2 } from "./scenarios/n2.js"
import { n3 } from "./scenarios/n3.js"
import { n4 } from "./scenarios/n4.js"
import { n5 } from "./scenarios/n5.js"
import { n6 } from "./scenarios/n6.js"
import { n7 } from "./scenarios/n7.js"
import { n8 } from "./scenarios/n8.js"
import { n9 } from "./scenarios/n9.js"
import { p1 } from "./scenarios/p1.js"
import { p10 } from "./scenarios/p10.js"
import { p11 } from "./scenarios/p11.js"
import { p2 } from "./scenarios/p2.js"
import { p3 } from "./scenarios/p3.js"
import { p5 } from "./scenarios/p5.js"
import { p6 } from "./scenarios/p6.js"
import { p7 } from "./scenarios/p7.js"
import { p8 } from "./scenarios/p8.js"
import { p9 } from "./scenarios/p9.js"

export const all: ReadonlyArray<Scenario> = [
  p1,
  p2,
  p3,
  p5,
  p6,
  p7,
  p8,
  p9,
  p10,
  p11,
  n1,
  n2,
  n3,
  n4,
  n5,
  n6,
  n7,
  n8,
  n9,
  n11,
  i3,
  c14
]
