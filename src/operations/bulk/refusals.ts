import { FaultList, Problem } from '../../problems/problem.ts'

/**
 * The problems of refused operations, by the index of the operation. Together, they list as many errors as one problem may
 * have (`faultLimits`). Further errors are only counted: otherwise, a response could be much larger than its request.
 */
export class Refusals extends Map<number, Problem> {
  readonly #all = new FaultList()

  override set(index: number, problem: Problem): this {
    const before = this.#all.listed.length
    this.#all.addProblem(problem)
    const own = new FaultList()
    for (const fault of this.#all.listed.slice(before)) own.add(() => fault)
    own.addUnlisted(problem.errors.length + problem.moreErrors - own.count)
    const { type, message, headers, cause } = problem
    return super.set(index, new Problem(type, message, { errors: own, headers, cause }))
  }

  /** Adds the problems of other operations. */
  addAll(others: ReadonlyMap<number, Problem>): this {
    for (const [index, problem] of others) this.set(index, problem)
    return this
  }
}
