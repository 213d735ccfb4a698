// Where the sources are run as they are, as by the tests. In the published package `worker.js` is what is compiled of `worker.ts`.
import { require } from "tsx/cjs/api"

require("./worker.ts", import.meta.url)
