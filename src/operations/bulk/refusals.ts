import { FaultList, Problem } from '../../problems/problem.ts'

/**
 * The problems of refused operations, by the index of the operation. Together, they list at most as many errors as one
 * problem (`faultLimits`). Further errors are only counted, so that a response is not much larger than its request.
 */
export class Refusals extends Map<number, Problem> {
  readonly #all = new FaultList()

  override set(index: number, problem: Problem): this {
    const before = this.#all.listed.length
    this.#all.addProblem(problem)
    const errors = new FaultList()
    for (const fault of this.#all.listed.slice(before)) errors.add(() => fault)
    errors.addUnlisted(problem.errors.length + problem.moreErrors - errors.count)
    const { type, message, headers, cause } = problem
    return super.set(index, new Problem(type, message, { errors, headers, cause }))
  }

  /** Adds the problems of other operations. */
  addAll(others: ReadonlyMap<number, Problem>): this {
    for (const [index, problem] of others) this.set(index, problem)
    return this
  }
}
